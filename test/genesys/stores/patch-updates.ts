import { Lanes, type Snapshot, type Store, UpdateError, type UpdateResult } from '../../../core';
import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { type Call, type Content, goalOf, removedBy, valuesOf } from '../../core/history/operation';
import {
  heedingRetryAfter,
  type PatchImplementation,
} from '../../core/history/patch/implementation';
import type { PatchOutcome } from '../../core/history/patch/operation';
import { wanting } from './wishes';

/** The updates of this package, for callers of a client in its lanes. */
export const right: PatchImplementation = heedingRetryAfter((surroundings) => {
  const lanes = new Lanes<ParticipantRaw, AttributeNote>(surroundings);
  return async ({ key, store }, call, policy, signal) => {
    const located = { key, store: participantStore(store) };
    const change = attributeChange(wantedBy(call));
    try {
      const result = await lanes.update(() => Promise.resolve(located), change, policy, signal, {
        name: located.key,
      });
      return outcomeOf(call, result);
    } catch (error) {
      if (!(error instanceof UpdateError)) throw error;
      return failureOf(error);
    }
  };
});

const RAW: ParticipantRaw = {
  participantId: 'p',
  writeMethod: 'patch',
  wire: {},
  standing: {},
};

function participantStore(store: Store<null>): Store<ParticipantRaw> {
  return {
    versioned: store.versioned,
    read: async (limits): Promise<Snapshot<ParticipantRaw>> => {
      return { ...(await store.read(limits)), raw: RAW };
    },
    write: async (delta, base, limits) => {
      const { accepted } = await store.write(delta, { ...base, raw: null }, limits);
      return accepted ? { accepted } : {};
    },
  };
}

function wantedBy(call: Call): WantedAttributes {
  const what = {
    set: new Map(Object.entries(valuesOf(call))),
    remove: new Set(removedBy(call)),
  };
  switch (call.kind) {
    case 'setIfMissing':
      return wanting({ ...what, condition: { kind: 'onlyIfMissing' } });
    case 'setIfEquals':
    case 'removeIfEquals': {
      const { name, expected, ...rest } = call;
      const set = new Map('value' in rest ? [[name, rest.value]] : []);
      const condition = { kind: 'onlyIfEquals', expected: new Map([[name, expected]]) } as const;
      return wanting({ ...what, set, condition });
    }
    case 'setUnlessOthers':
      return wanting({
        ...what,
        conflictPolicy: call.otherwise === 'keep' ? 'keepTheirs' : 'fail',
      });
    default:
      return wanting(what);
  }
}

function outcomeOf(
  call: Call,
  { note, outcome, superseded }: UpdateResult<ParticipantRaw, AttributeNote>,
): PatchOutcome {
  switch (outcome) {
    case 'unchanged':
      return { kind: outcome, found: foundBy(call, note) };
    case 'superseded': {
      const found = [...(superseded ?? [])].map(([name, one]) => [name, one.found ?? ''] as const);
      return { kind: outcome, found: Object.fromEntries(found) };
    }
    default:
      return { kind: outcome };
  }
}

/** Whoever had nothing to do has found what it wants, or what it has kept. */
function foundBy(call: Call, { kept }: AttributeNote): Content {
  // What is wanted where it is expected sets nothing.
  const wanted = call.kind === 'setIfEquals' ? { [call.name]: call.value } : goalOf(call);
  const found = Object.entries(wanted).map(
    ([name, value]) => [name, kept.get(name)?.found ?? value] as const,
  );
  return Object.fromEntries(found);
}

function failureOf(error: UpdateError): PatchOutcome {
  const { accepted, lastFailure, message, reason, written } = error;
  if (accepted && reason !== 'indeterminate') return { kind: 'unseen' };
  if (written) return { kind: 'unknown' };
  switch (reason) {
    case 'indeterminate':
      return { kind: 'unknown' };
    case 'refused':
      // Its last words in quotation marks but for what was expected; none stand for what is missing.
      return { kind: 'refused', found: /(?: is | to )"([^"]*)"/.exec(message)?.[1] ?? '' };
    default: {
      const failure = lastFailure?.failure;
      const isAbsent = reason === 'permanent' && failure?.kind === 'permanent' && failure.isAbsent;
      return { kind: 'failed', reason, ...(isAbsent && { isAbsent }) };
    }
  }
}
