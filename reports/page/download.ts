/// <reference lib="dom" />
/** Lets the user download the files that the page embeds. */
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
      // The browser may begin to read the data only after the click has returned, so the URL is freed later.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
    button.addEventListener("click", () => void download());
  }
}
