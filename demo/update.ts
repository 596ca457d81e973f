/** One attribute that somebody wants on the participant. No two updates share a name. */
export interface Update {
  readonly name: string;
  readonly value: string;
}

/** What this demo wants on the call, whichever way it is written. */
export const updates: readonly Update[] = listOf({
  priority: 'high',
  crm_tier: 'gold',
  next_best_action: 'offer_upgrade',
  preferred_language: 'de',
  churn_risk: '0.82',
  open_tickets: '2',
  last_order: 'A-10442',
  account_manager: 'm.weber',
  fraud_score: 'low',
  contract_end: '2027-03-31',
  satisfaction: '7',
  callback_wanted: 'no',
});

/** What is on the participant when the call comes in. */
export const attributesAtStart = { channel: 'voice', call_reason: 'invoice' };

export function listOf(attributes: Readonly<Record<string, string>>): Update[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, value }));
}
