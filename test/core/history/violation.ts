/** How a run can go wrong. */
export type ViolationKind =
  | 'version gap'
  | 'lost update'
  | 'value came back'
  | 'applied twice'
  | 'counted too little'
  | 'counted too much'
  | 'told twice'
  | 'untrue count'
  | "nobody's value"
  | "nobody's write"
  | "another client's token"
  | 'took effect out of its time'
  | 'took effect against its answer'
  | 'took no effect'
  | 'took effect in part or against its condition'
  | 'two winners'
  | 'untrue verdict'
  | 'gave way to nobody'
  | 'ran over a stranger'
  | 'untrue absence'
  | 'untrue result'
  | 'came back too early'
  | 'request without a caller'
  | 'sent again'
  | 'not accepted'
  | 'not shown'
  | 'superseded too early'
  | 'superseded by nobody'
  | 'out of order'
  | 'cancelled unasked'
  | 'kept waiting';

export interface Violation {
  readonly kind: ViolationKind;
  readonly what: string;
}
