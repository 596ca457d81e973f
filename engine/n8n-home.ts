/**
 * Imported for its effect: keeps the engine quiet, and out of the user's home, where n8n would look
 * for its settings file, and write one if there is none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Container } from '@n8n/di';
import { InstanceSettings } from 'n8n-core';

process.env['N8N_LOG_LEVEL'] ??= 'silent';

if (process.env['N8N_USER_FOLDER'] === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));
  process.env['N8N_USER_FOLDER'] = folder;
  // The settings are read and written once, when they are first asked for. Asking now lets the
  // folder go at once; in jest no code would run at the end of the process to remove it.
  Container.get(InstanceSettings);
  rmSync(folder, { recursive: true });
}
