/** Names clients in the report. */

/** The name, in histories, of the harness's client that makes the requests of the final phase. */
const recordedName = "sweeper";
const finalPhase = "final phase";

/** The name of a client in the report: the recorded name, or "final phase" for the client of final reads. */
export const clientName = (recorded: string): string =>
  recorded === recordedName ? finalPhase : recorded;

/** The client as the subject of a sentence, for example "c1" or "the final phase". */
export const clientAsSubject = (name: string): string =>
  name === finalPhase ? `the ${name}` : name;

/** The name of the client's lane in the timeline, for example "client c1" or "final phase". */
export const clientLane = (name: string): string => (name === finalPhase ? name : `client ${name}`);
