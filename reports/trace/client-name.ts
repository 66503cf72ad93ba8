/** How the report names clients. */

/** The client of the harness that reads every key in the final phase: histories call it `sweeper`. */
const recordedName = "sweeper";
const finalPhase = "final phase";

/** The name of a client's lane: as it is recorded, or "final phase". */
export const clientName = (recorded: string): string =>
  recorded === recordedName ? finalPhase : recorded;

/** The client as the subject of a sentence: "c1", "the final phase". */
export const clientAsSubject = (name: string): string =>
  name === finalPhase ? `the ${name}` : name;

/** The name of its lane in the timeline: "client c1", "final phase". */
export const clientLane = (name: string): string => (name === finalPhase ? name : `client ${name}`);
