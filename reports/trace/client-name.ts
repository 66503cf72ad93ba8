/** Names clients in the report. */

/** The harness's client that reads every key in the final phase. Histories call it `sweeper`. */
const recordedName = "sweeper";
const finalPhase = "final phase";

/** The name of a client in the report: as recorded, or "final phase". */
export const clientName = (recorded: string): string =>
  recorded === recordedName ? finalPhase : recorded;

/** The client as the subject of a sentence: "c1", "the final phase". */
export const clientAsSubject = (name: string): string =>
  name === finalPhase ? `the ${name}` : name;

/** The name of its lane in the timeline: "client c1", "final phase". */
export const clientLane = (name: string): string => (name === finalPhase ? name : `client ${name}`);
