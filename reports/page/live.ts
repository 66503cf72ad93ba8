/// <reference lib="dom" />
/** Replaces the content of the page of a run that still goes on by what the server sends. */
const live = document.getElementById("live");
const events = new EventSource(live?.dataset["events"] ?? "");
const show = ({ data }: MessageEvent<string>): void => {
  // The server has escaped the text, and the page's policy allows no script except this one.
  if (live !== null) live.innerHTML = JSON.parse(data) as string;
};
events.addEventListener("message", show);
events.addEventListener("end", (event: MessageEvent<string>) => {
  show(event);
  events.close();
});
