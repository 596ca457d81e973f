import { join } from 'node:path';

import { Child } from '../child';
import type { SecureSimulator } from './secure-simulator';
import type { Effort, Updates } from './serve-writer';

/** The ways to send an update, by the script that does it. */
const scripts = {
  ours: 'this-package.ts',
  helper: 'n8n-helper.ts',
  bare: 'bare-undici.ts',
};

export type Way = keyof typeof scripts;

export const ways = Object.keys(scripts) as readonly Way[];

export type WriterProcess = Child<Updates, Effort>;

/** Writers of each way, every one in a process of its own. */
export type Crowds = Readonly<Record<Way, readonly [WriterProcess, ...WriterProcess[]]>>;

/** @param size of the crowd of each way */
export async function startCrowds(size: number, { env }: SecureSimulator): Promise<Crowds> {
  const start = async (way: Way): Promise<[WriterProcess, ...WriterProcess[]]> => {
    const script = join(__dirname, scripts[way]);
    const first = await Child.start<Updates, Effort>(script, { env });
    const others = Array.from(
      { length: size - 1 },
      async () => await Child.start<Updates, Effort>(script, { env }),
    );
    return [first, ...(await Promise.all(others))];
  };
  // One way after the other: more at once than there are processors are no faster.
  return { ours: await start('ours'), helper: await start('helper'), bare: await start('bare') };
}

export async function stopCrowds(crowds: Crowds): Promise<void> {
  await Promise.all(
    Object.values(crowds)
      .flat()
      .map(async (writer) => {
        await writer.stop();
      }),
  );
}
