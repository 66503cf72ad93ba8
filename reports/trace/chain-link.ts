/** One event in the causal chain of an anomaly, such as an operation, a restart or a fault. */
export interface Link {
  readonly atUs: number;
  readonly text: string;
  readonly op?: number;
}
