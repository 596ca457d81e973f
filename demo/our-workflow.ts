import { loadPackage } from '../engine/load-package';
import { type EngineOptions, startWorkflow } from '../engine/run-workflow';
import workflow from '../examples/set-participant-attributes.json';
import type { Call, Simulator } from '../simulator';
import type { Update } from './update';

const NODE_NAME = 'Set Participant Attributes';
const CREDENTIAL_NAME = 'Genesys Cloud account';

/** What one execution of the workflow ended with, in the node's own words. */
export interface Execution {
  readonly update: Update;
  /** As the node put it out; `failed` for an item of the error branch or a workflow that stopped. */
  readonly outcome: string;
  readonly attempts: number;
  readonly conflicts: number;
  /** How many updates went into the same write; a failed one does not tell, as with the times. */
  readonly batchSize?: number;
  readonly waitedMs?: number;
  readonly elapsedMs?: number;
  /** Why it failed; empty where it did not. */
  readonly error: string;
}

/** What the node puts out for an item that was written… */
interface WrittenItem {
  readonly outcome: string;
  readonly details: Required<Omit<Execution, 'update' | 'outcome' | 'error'>>;
}

/** … and for one that was not. */
interface FailedItem {
  readonly error: string;
  readonly details: Pick<Execution, 'attempts' | 'conflicts'>;
}

/** Runs the workflow of `examples/` in n8n's engine, with the node as built into `dist/`. */
export class OurWorkflow {
  private constructor(private readonly options: EngineOptions) {}

  /** @param root of the built package */
  static async load(root: string, { url, clientId, clientSecret }: Simulator) {
    return new OurWorkflow({
      ...(await loadPackage(root)),
      credentials: {
        [CREDENTIAL_NAME]: {
          region: 'custom',
          loginUrl: url,
          apiUrl: url,
          clientId,
          clientSecret,
        },
      },
    });
  }

  /** One execution, which sets one attribute of the call's customer. */
  async run(call: Call, update: Update, signal: AbortSignal): Promise<Execution> {
    const { conversationId } = call;
    const triggerItems = [{ conversationId, attributes: { [update.name]: update.value } }];
    const started = startWorkflow(workflow, { ...this.options, triggerItems });
    const cancel = () => {
      started.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const run = await started.done;
      const [written] = run.items(NODE_NAME, 0);
      if (written) {
        const { outcome, details } = written.json as unknown as WrittenItem;
        const { attempts, conflicts, batchSize, waitedMs, elapsedMs } = details;
        return { update, outcome, attempts, conflicts, batchSize, waitedMs, elapsedMs, error: '' };
      }
      const [failed] = run.items(NODE_NAME, 1);
      const failure = failed?.json as unknown as FailedItem | undefined;
      return {
        update,
        outcome: 'failed',
        attempts: failure?.details.attempts ?? 0,
        conflicts: failure?.details.conflicts ?? 0,
        error: failure?.error ?? run.error?.message ?? 'No item came out of the node.',
      };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}
