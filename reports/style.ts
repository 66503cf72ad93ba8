/** The page's style sheet. Colours are custom properties, so that the canvas takes the same ones; all have a shape or word beside them. */
const light = `
--page: #f5f6f8; --surface: #ffffff; --text: #1b2430; --muted: #5b6776; --line: #d5dae1; --grid: #e6e9ee; --stripe: #f7f8fa;
--valid: #0a6b4b; --valid-tint: #e3f4ec; --invalid: #b3261e; --invalid-tint: #fdeae8; --unknown: #8a5a00; --unknown-tint: #fdf2d9;
--write: #0063a8; --read: #0a7d5c; --delete: #8a3fa0; --fail: #b3261e; --info: #b36b00; --onfill: #ffffff;
--fault: #c2410c; --node: #dbe3ec; --sync: #0063a8; --witness: #d6006c; --link: #0057a3;
--message-request: #0063a8; --message-reply: #5b6776; --message-read-repair: #8a3fa0; --message-handoff: #9c5700; --message-exchange: #00707a; --message-error: #b3261e;`;

const dark = `
--page: #11151b; --surface: #191f27; --text: #e6eaf0; --muted: #9aa7b6; --line: #333d4a; --grid: #27303b; --stripe: #1d242d;
--valid: #5fd3a4; --valid-tint: #12312a; --invalid: #ff8a80; --invalid-tint: #3a1d1d; --unknown: #f2c063; --unknown-tint: #362a13;
--write: #5cb3f5; --read: #4ccfa0; --delete: #d59be6; --fail: #ff8a80; --info: #f5b14c; --onfill: #0d1218;
--fault: #ff9a5c; --node: #2e3945; --sync: #5cb3f5; --witness: #ff6fb5; --link: #7cc0ff;
--message-request: #5cb3f5; --message-reply: #9aa7b6; --message-read-repair: #d59be6; --message-handoff: #f5b14c; --message-exchange: #58cdd8; --message-error: #ff8a80;`;

const layout = `
* { box-sizing: border-box }
html { scroll-behavior: smooth }
body { margin: 0; overflow-wrap: anywhere; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { max-width: 1240px; margin: 0 auto; padding: 20px 20px 8px }
footer { max-width: 1240px; margin: 0 auto; padding: 0 20px 24px }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px 20px; margin: 16px 0 }
h1 { font-size: 28px; line-height: 1.2; margin: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 14px }
h2 { font-size: 19px; margin: 0 0 10px; display: flex; flex-wrap: wrap; align-items: center; gap: 10px }
h3 { font-size: 15px; margin: 22px 0 8px }
p { margin: 6px 0 }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
code, .time, .steps { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px }
code { overflow-wrap: anywhere }
.quiet { color: var(--muted); font-size: 13.5px; font-weight: 400 }
.warning { color: var(--unknown) }
.wide { overflow-x: auto }
`;

const verdict = `
.verdict { display: flex; gap: 18px; background: var(--surface); border: 1px solid var(--line); border-left: 8px solid var(--tone); border-radius: 10px; padding: 20px }
.verdict.valid { --tone: var(--valid); --tint: var(--valid-tint) }
.verdict.invalid { --tone: var(--invalid); --tint: var(--invalid-tint) }
.verdict.unknown { --tone: var(--unknown); --tint: var(--unknown-tint) }
.verdict > div { min-width: 0; flex: 1 }
.verdict h1 { color: var(--tone) }
.subject { color: var(--muted); font-size: 14px; font-weight: 400 }
.sign { flex: none; width: 54px; height: 54px; margin: 0; border-radius: 50%; background: var(--tint); color: var(--tone); font-size: 30px; font-weight: 700; display: grid; place-items: center }
.headline { font-size: 17px; margin: 6px 0; overflow-wrap: anywhere }
.reasons { margin: 8px 0; padding-left: 20px; overflow-wrap: anywhere }
.replay, .command { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin-top: 12px }
.replay > span, .command > span { color: var(--muted); font-size: 13.5px }
.replay code, .command code { background: var(--stripe); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px }
.facts { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0 }
.facts dt { color: var(--muted); font-size: 12.5px }
.facts dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
button, select { font: inherit; font-size: 13.5px; color: var(--text); background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; cursor: pointer }
button:hover:enabled { border-color: var(--muted) }
button:disabled { opacity: .45; cursor: default }
button.main:enabled { background: var(--link); border-color: var(--link); color: var(--surface); font-weight: 600 }
`;

const tables = `
table { border-collapse: collapse; width: 100%; font-size: 14px }
caption { text-align: left; padding: 8px 0 4px }
.guarantees + .guarantees { margin-top: 16px }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--grid); vertical-align: top; font-weight: 400 }
thead th { color: var(--muted); font-size: 12.5px; border-bottom-color: var(--line); white-space: nowrap; max-width: 40ch; overflow: hidden; text-overflow: ellipsis }
tbody th { font-weight: 600; white-space: nowrap; max-width: 40ch; overflow: hidden; text-overflow: ellipsis }
.figure { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal }
.guarantees tbody th { white-space: normal; width: 100%; max-width: none }
.guarantees td:first-child { padding-right: 18px }
.meaning { display: block; color: var(--muted); font-weight: 400; font-size: 13.5px }
.figures { width: auto }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 8px 40px; align-items: start }
.badge { display: inline-block; border-radius: 999px; padding: 1px 10px; font-size: 13px; font-weight: 600; white-space: nowrap; border: 1px solid transparent; color: var(--muted); background: var(--stripe) }
.badge.valid { color: var(--valid); background: var(--valid-tint) }
.badge.invalid { color: var(--invalid); background: var(--invalid-tint); border-color: currentColor }
.badge.unknown { color: var(--unknown); background: var(--unknown-tint); border: 1px dashed currentColor }
.badge.observed { background: none; border: 1px solid var(--line); color: var(--muted) }
details { margin-top: 12px }
summary { cursor: pointer; color: var(--link); width: fit-content }
.bar { display: block; min-width: 60px }
.bar .track { fill: var(--grid) }
.fill-ok { fill: var(--valid) } .fill-fail { fill: var(--fail) } .fill-info, .fill-open { fill: var(--info) }
`;

const story = `
.anomalies { padding: 0; margin: 8px 0; list-style: none }
.anomalies > li { border-left: 4px solid var(--invalid); background: var(--stripe); border-radius: 0 8px 8px 0; padding: 8px 14px; margin: 8px 0 }
.observed .anomalies > li { border-left-color: var(--muted) }
.explanation { font-size: 15.5px; overflow-wrap: anywhere }
.because { margin: 4px 0; padding-left: 20px; color: var(--muted); overflow-wrap: anywhere }
.operations { font-size: 13.5px; color: var(--muted) }
.op { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; font-weight: 600 }
.show { margin-left: 10px }
.shrinking { font-size: 15px }
.steps { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; overflow-x: auto }
.steps li { display: grid; grid-template-columns: 92px 44px 1fr; gap: 8px; padding: 3px 12px; min-width: 480px }
.steps li:nth-child(odd) { background: var(--stripe) }
.steps li.witness { box-shadow: inset 4px 0 var(--witness) }
.steps .time { text-align: right; color: var(--muted); white-space: nowrap }
.steps .flag { color: var(--witness) }
.steps .fault { color: var(--fault) }
.downloads { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 18px }
.omitted { margin: 8px 0; padding-left: 20px }
`;

const timeline = `
.timeline { border: 1px solid var(--line); border-radius: 8px }
.toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 8px 12px; border-bottom: 1px solid var(--line); font-size: 13.5px }
.toolbar input { vertical-align: -2px; margin: 0 2px 0 0 }
.toolbar .space { flex: 1 }
.toolbar select { max-width: 160px }
.filters { padding: 5px 12px; gap: 6px 16px }
.filters select { padding: 1px 6px }
.plot { position: relative }
.minimap { border-top: 1px solid var(--line); touch-action: none }
canvas { display: block; width: 100%; touch-action: pan-y; cursor: grab }
canvas:focus-visible { outline-offset: -2px }
.tooltip { position: absolute; z-index: 2; max-width: min(440px, 90vw); background: var(--surface); border: 1px solid var(--muted); border-radius: 8px; box-shadow: 0 6px 20px rgb(0 0 0 / .25); padding: 8px 12px; font-size: 13px; pointer-events: none }
.panel { border-top: 1px solid var(--line); padding: 10px 14px; min-height: 52px; font-size: 14px; color: var(--muted) }
.panel strong, .tooltip strong { display: block; color: var(--text); overflow-wrap: anywhere; unicode-bidi: isolate }
.panel dl, .tooltip dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 14px; margin: 4px 0 0 }
.panel dd, .tooltip dd { margin: 0; color: var(--text); overflow-wrap: anywhere; unicode-bidi: isolate }
.panel dt, .tooltip dt { color: var(--muted) }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 0; padding: 8px 14px 0; border-top: 1px solid var(--line); font-size: 12.5px; color: var(--muted) }
.legend li { display: flex; align-items: center; gap: 6px; white-space: nowrap }
.legend svg { flex: none; fill: none; stroke-width: 1.5 }
.ink-write { fill: var(--write) } .ink-delete { fill: var(--delete) } .ink-sync { fill: var(--sync) }
.edge-read { stroke: var(--read) } .edge-fail { stroke: var(--fail) } .edge-info { stroke: var(--info) } .edge-surface { stroke: var(--surface) }
.edge-witness { stroke: var(--witness); stroke-width: 2.5 } .edge-fault { stroke: var(--fault) }
.edge-request { stroke: var(--message-request) } .edge-reply { stroke: var(--message-reply) } .edge-error { stroke: var(--message-error) } .edge-read-repair { stroke: var(--message-read-repair) } .edge-handoff { stroke: var(--message-handoff) } .edge-exchange { stroke: var(--message-exchange) }
.sign-read-repair { fill: var(--message-read-repair) } .sign-handoff { fill: var(--message-handoff) } .sign-exchange { fill: var(--message-exchange) }
.keys { padding: 0 14px 8px; font-size: 12.5px }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; font: inherit; font-size: 12px }
`;

const spaceTime = `
.space-time { display: block; width: 100%; min-width: 760px; height: auto; font-size: 11px }
.space-time text { fill: var(--text) }
.space-time .tick { fill: var(--muted); font-size: 10px } .space-time .middle { text-anchor: middle } .space-time .end { text-anchor: end }
.space-time .lane { font-weight: 600; font-size: 12px }
.space-time .down { stroke: var(--line); stroke-dasharray: 2 4; fill: none }
.space-time .up { stroke: var(--node); stroke-width: 9; fill: none }
.space-time .boot { stroke: var(--muted); stroke-width: 1.5 }
.space-time .gap { stroke: var(--line); stroke-dasharray: 1 5 }
.space-time .shade { fill: var(--fault); opacity: .16 }
.space-time .fault-span { stroke: var(--fault); fill: none } .space-time .fault-name { fill: var(--fault); font-weight: 600; paint-order: stroke; stroke: var(--surface); stroke-width: 4px }
.space-time .sync { fill: var(--sync) }
.space-time .state { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 10.5px; paint-order: stroke; stroke: var(--stripe); stroke-width: 3px }
.space-time .operation { paint-order: stroke; stroke: var(--stripe); stroke-width: 3px }
.space-time .message path { fill: none; stroke: var(--message-request); stroke-width: 1.2 }
.space-time .message.reply path { stroke: var(--message-reply) } .space-time .reply .shaft { stroke-dasharray: 5 3 }
.space-time .message.error path { stroke: var(--message-error) } .space-time .error .shaft { stroke-dasharray: 2 2 }
.space-time .message.read-repair path { stroke: var(--message-read-repair); stroke-width: 1.8 } .space-time .read-repair .shaft { stroke-dasharray: 8 3 2 3 }
.space-time .message.handoff path { stroke: var(--message-handoff); stroke-width: 1.8 } .space-time .handoff .shaft { stroke-dasharray: 1 3 }
.space-time .message.exchange path { stroke: var(--message-exchange); stroke-width: 1.8 } .space-time .exchange .shaft { stroke-dasharray: 10 4 }
.space-time .message.read-repair .sign { fill: var(--message-read-repair) } .space-time .message.handoff .sign { fill: var(--message-handoff) } .space-time .message.exchange .sign { fill: var(--message-exchange) }
.space-time rect[class^=bar] { fill: var(--surface); stroke: var(--info); stroke-width: 1.5; stroke-dasharray: 3 2 }
.space-time .bar-write.ok { fill: var(--write); stroke: var(--write); stroke-dasharray: none } .space-time .bar-delete.ok { fill: var(--delete); stroke: var(--delete); stroke-dasharray: none }
.space-time .bar-read.ok { stroke: var(--read); stroke-dasharray: none } .space-time rect.fail { stroke: var(--fail) }
.space-time rect.named { outline: 2px solid var(--witness); outline-offset: 2px }
.held { width: auto; min-width: 560px } .held td { overflow-wrap: anywhere; min-width: 9ch }
`;

const plots = `
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px 32px; align-items: start }
figure { margin: 22px 0 0; min-width: 0 }
.chart { display: block; width: 100%; max-width: 640px; height: auto }
.chart .grid { stroke: var(--grid); fill: none }
.chart .tick { fill: var(--muted); font-size: 11px }
.chart .end { text-anchor: end } .chart .middle { text-anchor: middle }
.chart .shade { fill: var(--fault); opacity: .14 }
.chart .point { fill: none; stroke: var(--read); stroke-width: 1.2; opacity: .8 }
.chart .marked { fill: var(--info); stroke: var(--surface); opacity: 1 }
.chart .write { stroke: var(--write) } .chart .delete { stroke: var(--delete) } .chart .fail { stroke: var(--fail) } .chart .info { stroke: var(--info) }
.line { fill: none; stroke-width: 1.8; stroke: var(--write) }
.line-1 { stroke: var(--fail); stroke-dasharray: 6 3 } .line-2 { stroke: var(--info); stroke-dasharray: 2 3 } .line-3 { stroke: var(--delete); stroke-dasharray: 10 3 2 3 }
.key { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 12.5px; color: var(--muted); padding-left: 62px }
.replicas { display: block; width: 100%; min-width: 640px; height: auto; font-size: 11px }
.replicas text { fill: var(--text) } .replicas .tick { fill: var(--muted); font-size: 10px } .replicas .end { text-anchor: end }
.replicas .shade { fill: var(--fault); opacity: .14 }
.replicas .held-0 { fill: var(--node) } .replicas .held-1 { fill: var(--grid) } .replicas .edge { stroke: var(--muted); stroke-width: 1 }
.replicas .diverged { fill: var(--witness); opacity: .55 }
.replicas .lane { font-weight: 600 }
.chart .rule { stroke: var(--muted); stroke-dasharray: 4 3; fill: none }
.chart .filled { fill: var(--write) }
.interval { stroke: var(--read); fill: none; stroke-width: 1.4 } .measured { fill: var(--read) } .predicted { stroke: var(--fail); fill: none; stroke-width: 1.8; stroke-dasharray: 5 3 }
`;

const other = `
@media (max-width: 640px) {
  main { padding: 10px 10px 4px }
  section { padding: 12px 12px 16px }
  .verdict { padding: 14px; gap: 12px }
  .sign { width: 38px; height: 38px; font-size: 22px }
  .keys { display: none }
  .legend li { white-space: normal }
  .badge { white-space: normal; padding: 1px 7px; border-radius: 8px; font-size: 12px }
  .guarantees thead th { white-space: normal }
  .guarantees td, .guarantees th, .guarantees td:first-child { padding-right: 5px; font-size: 13px }
  .guarantees thead th, .guarantees .meaning { font-size: 11px }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
@media print {
  body { background: none; font-size: 12px }
  main, footer { max-width: none; padding: 0 }
  section, .verdict { border-color: #999; break-inside: auto }
  h2, h3 { break-after: avoid }
  tr, figure, .anomalies > li, .timeline { break-inside: avoid }
  button, .toolbar, .downloads, .keys, .tooltip, noscript { display: none }
  .space-time, .replicas, .held, .steps li { min-width: 0 }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`;

export const styleSheet = `:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
${layout}${verdict}${tables}${story}${timeline}${spaceTime}${plots}${other}`;
