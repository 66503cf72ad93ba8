/// <reference lib="dom" />
/** Lets the user download an embedded file. */
import { unpack } from "./unpack.ts";

export function offerDownloads(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-download]")) {
    const download = async (): Promise<void> => {
      const text = await unpack(button.dataset["download"] ?? "");
      if (text === undefined) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
      link.download = button.dataset["file"] ?? "quorate-data";
      link.click();
      // After the click the browser has its own reference to the data.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
    button.addEventListener("click", () => void download());
  }
}
