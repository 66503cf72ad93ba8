/** What was run: for example seed, platform and version, and the settings of the shown histories. */
import type { Campaign, Exhibit } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { duration, number } from "../report-messages.ts";
import { fold } from "./fold.ts";

export function settingSection(campaign: Campaign, exhibits: readonly Exhibit[]): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ["seed", String(campaign.seed)],
    ["target", clip(`${campaign.target.name} ${campaign.target.version}`, 120)],
    ["on", clip(campaign.on, 40)],
    ["profile", campaign.profile ?? "none"],
    ["planted bug", campaign.bug ?? "none"],
    ["quorate", campaign.version],
    ...Object.entries(campaign.environment ?? {}).map(
      ([name, value]) => [clip(name, 40), clip(value, 120)] as const,
    ),
    ["started", campaign.startedAt],
    ["took", duration(campaign.elapsedMs)],
  ];
  return fold(
    { id: "setting", title: "What was run", note: `seed ${campaign.seed} on ${campaign.on}` },
    markup`<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="command"><span>Asked as</span> <code id="asked">${campaign.command}</code> <button type="button" data-copy="asked" aria-label="Copy the command that was asked">Copy</button></p>
${settingsTable(exhibits)}`,
  );
}

/**
 * The table of the plans' settings, with one column for each shown history. Values are bold in rows where the histories
 * differ.
 */
function settingsTable(exhibits: readonly Exhibit[]): Markup {
  const rows = new Map<string, string[]>();
  exhibits.forEach((exhibit, column) => {
    for (const [name, value] of Object.entries(planFacts(exhibit))) {
      const cells = rows.get(name) ?? exhibits.map(() => "");
      cells[column] = value;
      rows.set(name, cells);
    }
  });
  if (rows.size === 0) return markup``;
  return markup`<details><summary>All settings that the seed decided</summary>
<div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr><th scope="col">setting</th>${exhibits.map(({ title }) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${[...rows].map(
    ([name, cells]) =>
      markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${new Set(cells).size > 1 ? markup`<strong>${cell}</strong>` : cell}</td>`)}</tr>`,
  )}</tbody></table></div></details>`;
}

function planFacts({ plan }: Exhibit): Readonly<Record<string, string>> {
  return {
    "plan: operations": number(plan.operations.length),
    "plan: faults": number(plan.faults.length),
    "plan: clients": number(plan.clients),
    "plan: keys": number(plan.keys),
    "plan: world seed": String(plan.worldSeed),
    "plan: claimed guarantees": plan.claimed.join(", ") || "none",
    ...Object.fromEntries(
      Object.entries(plan.settings).map(([name, value]) => [name, String(value)]),
    ),
  };
}
