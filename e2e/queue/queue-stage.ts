import { setTimeout as sleep } from 'node:timers/promises';

import type { Simulator, SimulatorOptions } from '../../simulator';
import type { N8nProcess } from '../application/n8n';
import { startPostgres } from '../application/postgres';
import { startRedis } from '../application/redis';
import { CREDENTIALS } from '../tests/behind-webhook';
import { openStage, type Stage } from '../tests/stage';

/** So many executions n8n lets a worker do at a time where nobody says otherwise. */
const CONCURRENCY = 10;

/**
 * In a burst the main process has more to ask of the database than its two connections of the default
 * can bring in time. It then takes the database for gone, and fails what waits for it.
 */
const PATIENT_WITH_DATABASE = {
  DB_POSTGRESDB_POOL_SIZE: '10',
  DB_POSTGRESDB_CONNECTION_TIMEOUT: '120000',
  DB_CONNECTION_ACQUISITION_TIMEOUT_MS: '120000',
  DB_PING_TIMEOUT_MS: '60000',
};

/** A worker of queue mode. Each process signs in by itself, and so the token tells who sent a request. */
export interface Worker {
  readonly name: string;
  readonly process: N8nProcess;
  /** The header of its requests to the stage's simulator. */
  readonly authorization: string;
}

/** One n8n in queue mode: its main process, its workers, and the Redis between them. */
export interface QueueStage extends Stage {
  readonly workers: readonly Worker[];
  /** Lets the credential speak of another simulator or another budget, from the next execution on. */
  useCredential(simulator: Simulator, requestsPerMinute: number): Promise<void>;
}

/**
 * Opens a stage in queue mode. `many-automations-one-participant` is published, and every worker has
 * run it once.
 */
export async function openQueueStage(
  workerCount: number,
  options: SimulatorOptions,
): Promise<QueueStage> {
  await using stack = new AsyncDisposableStack();
  const closeAtEnd = <One extends { close(): Promise<void> }>(one: One): One =>
    stack.adopt(one, async () => {
      await one.close();
    });
  const redis = closeAtEnd(await startRedis());
  // On SQLite some executions of a burst fail with SQLITE_BUSY: it lets one process write at a time.
  const postgres = closeAtEnd(await startPostgres());
  const stage = closeAtEnd(
    await openStage(options, {
      N8N_LOG_LEVEL: 'info',
      EXECUTIONS_MODE: 'queue',
      QUEUE_BULL_REDIS_HOST: '127.0.0.1',
      QUEUE_BULL_REDIS_PORT: String(redis.port),
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: '127.0.0.1',
      DB_POSTGRESDB_PORT: String(postgres.port),
      DB_POSTGRESDB_DATABASE: postgres.database,
      DB_POSTGRESDB_USER: postgres.user,
      ...PATIENT_WITH_DATABASE,
    }),
  );
  await stage.publishExample('many-automations-one-participant');
  const workers: Worker[] = [];
  stack.defer(async () => {
    await Promise.all(
      workers.map(async ({ process }) => {
        await process.stop();
      }),
    );
  });
  while (workers.length < workerCount) {
    const process = await stage.n8n.startWorker(CONCURRENCY);
    const known = new Set(workers.map(({ authorization }) => authorization));
    workers.push({
      name: `worker ${workers.length + 1}`,
      process,
      authorization: await signInOfNewcomer(stage, known),
    });
  }
  const undo = stack.move();
  return {
    ...stage,
    workers,
    useCredential: async ({ clientId, clientSecret, url }, requestsPerMinute) => {
      const { id, name } = CREDENTIALS.genesysCloudApi;
      await stage.editor.call('PATCH', `/credentials/${id}`, {
        name,
        type: 'genesysCloudApi',
        data: {
          region: 'custom',
          loginUrl: url,
          apiUrl: url,
          clientId,
          clientSecret,
          requestsPerMinute,
        },
      });
    },
    close: async () => {
      await undo.disposeAsync();
    },
  };
}

/** Gives n8n work until a worker has done some of it that has not been seen before. */
async function signInOfNewcomer(stage: Stage, known: ReadonlySet<string>): Promise<string> {
  const { conversationId } = stage.simulator.addCall();
  for (;;) {
    await stage.post('genesys-facts', {
      conversationId,
      facts: [{ name: 'warm_up', value: 'yes' }],
    });
    const newcomer = stage.simulator.journal
      .reads()
      .map(({ authorization }) => authorization)
      .find((authorization) => authorization !== undefined && !known.has(authorization));
    if (newcomer !== undefined) return newcomer;
    await sleep(100);
  }
}
