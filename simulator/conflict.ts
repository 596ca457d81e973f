import { z } from 'zod/v4';
import type { Fault } from './faults';
import type { Reply } from './replies';
import { errorReply } from './replies';
import type { Settings } from './settings';

/** Conflict, or Precondition Failed. */
export const conflictStatusSchema = z.literal([409, 412]);

type ConflictStatus = z.infer<typeof conflictStatusSchema>;

interface ConflictStyle {
  readonly status: ConflictStatus;
  readonly namesVersion: boolean;
}

/** How a conflict is told: as the fault says, and else as the settings do. */
export function conflictStyle(fault: Fault | undefined, settings: Settings): ConflictStyle {
  const ordered = fault?.kind === 'conflict' ? fault : undefined;
  return {
    status: ordered?.status ?? settings.conflictStatus,
    namesVersion: ordered?.namesVersion ?? settings.conflictNamesVersion,
  };
}

/** Nothing has moved, and yet a conflict. */
export function isSpuriousConflict(fault: Fault | undefined): boolean {
  return fault?.kind === 'conflict' && fault.spurious === true;
}

/** Refuses a write that was based on another version. */
export function versionConflict(
  { status, namesVersion }: ConflictStyle,
  { at, basedOn }: { at: number; basedOn: number },
): Reply {
  if (!namesVersion) return plainConflict(status);
  return errorReply(
    status,
    'version.conflict',
    `The participant is at version ${String(at)}, ` +
      `the request is based on version ${String(basedOn)}`,
  );
}

/** The same for what has a code of its own for that. */
export function recordConflict(
  { status, namesVersion }: ConflictStyle,
  code: string,
  message: string,
): Reply {
  return namesVersion ? errorReply(status, code, message) : plainConflict(status);
}

/** Refuses a write without a word about versions. */
export function plainConflict(status: ConflictStatus): Reply {
  const code = status === 409 ? 'request.conflict' : 'precondition.failed';
  return errorReply(status, code, 'The conversation was being changed');
}
