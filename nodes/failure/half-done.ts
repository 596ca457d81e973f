import type { UpdateError, UpdateResult } from '../../core';
import type { Goal } from './failure-title';
import { PARTICIPANT } from './subject';

type Outcome = UpdateResult<unknown, unknown>['outcome'];

/** The attributes are done, the external contact is not. */
export class HalfDone extends Error {
  override readonly name = 'HalfDone';
  readonly goal: Goal;

  constructor(
    readonly failure: UpdateError,
    outcome: Outcome,
  ) {
    super(failure.message);
    const done = `${ATTRIBUTES[outcome]}, but the external contact`;
    this.goal = {
      done: `${done} was linked`,
      notDone: `${done} was not linked`,
      accepted: `${done} was accepted, not yet seen`,
      unknown: `${done} may or may not have been linked: a write got no clear answer`,
      subject: PARTICIPANT,
      isRest: true,
    };
  }
}

const ATTRIBUTES: Record<Outcome, string> = {
  written: 'The attributes were written',
  unchanged: 'The attributes are as wanted',
  accepted: 'The attributes were accepted',
  superseded: 'The attributes were accepted and superseded',
};
