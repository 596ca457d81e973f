import type { StoreError, UpdateError } from '../../core';
import type { GenesysErrorDetails } from '../../genesys/transport/genesys-error';
import type { FailureCode } from './failure-code';
import { count, duration } from './quantities';
import {
  CUSTOM_ATTRIBUTES,
  PARTICIPANT,
  RESOURCE,
  SECURE_ATTRIBUTES,
  type Subject,
} from './subject';

/** What is said of what was to be done. */
export interface Goal {
  readonly done: string;
  readonly notDone: string;
  readonly accepted: string;
  readonly unknown: string;
  /** What it is about. */
  readonly subject: Subject;
  /** What to do where the time was up though all requests were answered; default as after a failure. */
  readonly inVain?: string;
  /** Set where something was done before, so that it has to be told whatever the rest has failed on. */
  readonly isRest?: true;
}

export const ATTRIBUTES_WRITTEN: Goal = {
  done: 'The attributes were written',
  notDone: 'The attributes were not written',
  accepted: 'The attributes were accepted, not yet seen',
  unknown: 'The attributes may or may not have been written: a write got no clear answer',
  subject: PARTICIPANT,
};

export const CONTACT_LINKED: Goal = {
  done: 'The external contact was linked',
  notDone: 'The external contact was not linked',
  accepted: 'The external contact was accepted, not yet seen',
  unknown: 'The external contact may or may not have been linked: a write got no clear answer',
  subject: PARTICIPANT,
};

export const RESOURCE_WRITTEN: Goal = {
  done: 'The resource was written',
  notDone: 'The resource was not written',
  accepted: 'The resource was accepted, not yet seen',
  unknown: 'The resource may or may not have been written: a write got no clear answer',
  subject: RESOURCE,
};

export const CUSTOM_WRITTEN: Goal = {
  done: 'The custom attributes were written',
  notDone: 'The custom attributes were not written',
  accepted: 'The custom attributes were accepted, not yet seen',
  unknown: 'The custom attributes may or may not have been written: a write got no clear answer',
  subject: CUSTOM_ATTRIBUTES,
};

export const SECURE_WRITTEN: Goal = {
  done: 'The secure attributes were written',
  notDone: 'The secure attributes were not written',
  accepted: 'The secure attributes were accepted, not yet seen',
  unknown: 'The secure attributes may or may not have been written: a write got no clear answer',
  subject: SECURE_ATTRIBUTES,
};

/** To have something read, of which `notDone` says that it was not. */
export function seen(notDone: string, subject = PARTICIPANT): Goal {
  return { ...ATTRIBUTES_WRITTEN, notDone, subject };
}

/** A timer may go off so many ms early. */
const TIMER_SLACK_MS = 5;

interface Surroundings {
  /** What Genesys Cloud has told of the failure. */
  readonly genesys: GenesysErrorDetails | undefined;
  readonly goal: Goal;
  readonly totalTimeoutMs: number;
}

/**
 * What happened, in a few words and without a full stop.
 *
 * @param failure the one that tells most of it
 */
export function titleOf(
  code: FailureCode,
  error: UpdateError,
  failure: StoreError | undefined,
  { genesys, goal, totalTimeoutMs }: Surroundings,
): string {
  const { accepted, reason, story, written } = error;
  if (accepted) return goal.accepted;
  if (written) return `${goal.done}, but somebody else has written there since`;
  switch (reason) {
    case 'indeterminate':
      return goal.unknown;
    case 'cancelled':
      return `The execution was cancelled. ${goal.notDone}`;
    case 'refused':
      return sentence(error.message);
    case 'deadline':
      if (code === reason) return `${goal.notDone}: ${timeIsUp(error, totalTimeoutMs)}`;
      break;
    case 'permanent':
      if (genesys?.kind !== 'notFound' || goal.isRest) {
        return `${goal.notDone}: ${refusal(code, failure, genesys, goal.subject)}`;
      }
      return sentence(failure?.message ?? '');
    case 'throttled':
    case 'attempts':
  }
  const after = story.attempts > 0 ? ` ${spent(error)}` : '';
  return `${goal.notDone}${after}: ${obstruction(code, failure, genesys, goal.subject)}`;
}

function spent({ story }: UpdateError): string {
  return `after ${count(story.attempts, 'attempt')} in ${duration(story.elapsedMs)}`;
}

function timeIsUp(error: UpdateError, totalTimeoutMs: number): string {
  const { attempts, elapsedMs } = error.story;
  const isOver = elapsedMs >= totalTimeoutMs - TIMER_SLACK_MS;
  if (attempts === 0) {
    return isOver
      ? `the total timeout was reached before the first attempt, in ${duration(elapsedMs)}`
      : 'the total timeout left no time for an attempt';
  }
  return isOver
    ? `the total timeout was reached ${spent(error)}`
    : `the total timeout left no time for another attempt ${spent(error)}`;
}

/** What stood in the way until the update gave up. */
function obstruction(
  code: FailureCode,
  failure: StoreError | undefined,
  genesys: GenesysErrorDetails | undefined,
  { noun }: Subject,
): string {
  if (!failure) return `too many updates of this ${noun} wait already`;
  if (code === 'conflict') return 'the last one met a conflict';
  if (genesys?.isOwnCount) return 'the requests of this minute are used up';
  if (code === 'throttled') return 'this client is asked to wait';
  return describe(genesys);
}

/** Why trying again would not help. */
function refusal(
  code: FailureCode,
  failure: StoreError | undefined,
  genesys: GenesysErrorDetails | undefined,
  subject: Subject,
): string {
  if (genesys?.kind === 'notFound') return uncapitalized(sentence(failure?.message ?? ''));
  switch (code) {
    case 'unauthorized':
      return genesys?.signIn ? 'the sign-in was refused' : 'the access token was refused';
    case 'forbidden':
      return 'the OAuth client lacks a permission or a scope';
    case 'notFound':
      return subject.missing(genesys?.path ?? '');
    case 'conflict':
      return 'it met a conflict that is not about the version';
    case 'invalid':
      return 'the request was refused as malformed';
    default:
      return genesys ? describe(genesys) : uncapitalized(sentence(failure?.message ?? ''));
  }
}

function describe(genesys: GenesysErrorDetails | undefined): string {
  const which = genesys?.signIn ? 'answer to the sign-in' : 'last answer';
  switch (genesys?.kind) {
    case 'timeout':
      return genesys.signIn ? 'the sign-in took too long' : 'no answer came';
    case 'status':
      return `the ${which} was ${genesys.status}`;
    case 'reply':
    case 'shape':
      return `the ${which} could not be read`;
    default:
      return 'the connection failed';
  }
}

function sentence(text: string): string {
  return text.replace(/\.$/, '');
}

function uncapitalized(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
