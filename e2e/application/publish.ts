import * as z from 'zod/v4';

import type { EditorApi } from './editor-api';

const saved = z.object({
  data: z.object({
    versionId: z.string(),
    nodes: z.array(z.looseObject({ position: z.tuple([z.number(), z.number()]) })),
  }),
});

const settings = z.object({ data: z.object({ versionCli: z.string() }) });

/** Publishes a workflow as the editor of that n8n does. */
export async function publish(editor: EditorApi, id: string): Promise<void> {
  const path = `/workflows/${id}`;
  const { versionCli } = settings.parse(await editor.call('GET', '/settings')).data;
  const read = async () => saved.parse(await editor.call('GET', path)).data;
  const { nodes, versionId } = await read();
  if (versionCli.startsWith('1.')) {
    // What other workflows call has no trigger of its own, and needs no publishing there.
    await editor.call('PATCH', path, { active: true, versionId }).catch((error: unknown) => {
      if (!String(error).includes('has no node to start the workflow')) throw error;
    });
    return;
  }
  const activate = async (version: string) =>
    await editor.call('POST', `${path}/activate`, { versionId: version });
  try {
    await activate(versionId);
  } catch (error) {
    if (!String(error).includes('Version not found')) throw error;
    // The first n8n 2 keep no version of what their command imports; moving the nodes makes one.
    const moved = nodes.map(({ position: [x, y], ...node }) => ({
      ...node,
      position: [x + 20, y],
    }));
    await editor.call('PATCH', path, { nodes: moved });
    await activate((await read()).versionId);
  }
}
