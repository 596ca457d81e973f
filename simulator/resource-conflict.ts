import { z } from 'zod/v4';
import type { Reply } from './replies';
import { errorReply } from './replies';

/** In which of its forms the platform tells that a version is out of date. */
export const conflictFormSchema = z.enum([
  'general409',
  'version409',
  'plain409',
  'general400',
  'wrongVersion400',
  'words400',
]);

export type ConflictForm = z.infer<typeof conflictFormSchema>;

/** Refuses a write that was based on another version. */
export function resourceConflict(
  form: ConflictForm,
  { at, basedOn }: { at: number; basedOn: number },
): Reply {
  const versions = `version ${String(basedOn)} does not match the current version ${String(at)}`;
  switch (form) {
    case 'general409':
      return errorReply(409, 'general.conflict', `The resource was changed: ${versions}`);
    case 'version409':
      return errorReply(409, 'version.conflict', `The given ${versions}`);
    case 'plain409':
      return errorReply(409, 'request.conflict', 'The request conflicts with another one');
    case 'general400':
      return errorReply(400, 'general.conflict', 'The resource was changed by somebody else');
    case 'wrongVersion400':
      return errorReply(400, 'invalid.update.wrong.version', 'It was updated in the meantime');
    case 'words400':
      return errorReply(400, 'bad.request', `The given ${versions}`);
  }
}
