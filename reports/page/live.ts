/// <reference lib="dom" />
/** Keeps the page of a run under way up to date with what the server sends. */
const live = document.getElementById("live");
const events = new EventSource(live?.dataset["events"] ?? "");
const show = ({ data }: MessageEvent<string>): void => {
  // The server made it of escaped text, and the page's policy runs no script but this one.
  if (live !== null) live.innerHTML = JSON.parse(data) as string;
};
events.addEventListener("message", show);
events.addEventListener("end", (event: MessageEvent<string>) => {
  show(event);
  events.close();
});
