import { Cycle } from '../../../core/cycle/cycle';
import type { CycleContext } from '../../../core/cycle/cycle-context';
import { layOver } from '../../../core/cycle/reading';
import { IntentLog } from '../../../core/evidence/intent-log';
import { Lags } from '../../../core/evidence/lags';
import { RecordMemory } from '../../../core/evidence/record-memory';
import { Contention } from '../../../core/lane/contention';
import { LaneMemory } from '../../../core/lane/lane-memory';
import { UpdateQueue } from '../../../core/lane/update-queue';
import type { JointLooks } from '../../../core/looks/joint-looks';
import { type Delta, laidOver } from '../../../core/parts';
import { Registry } from '../../../core/registry';
import { type Admission, type Permit, StoreError } from '../../../core/store';
import { seededRandom, VirtualClock } from '../virtual-clock';
import {
  type Apply,
  deltaOf,
  type More,
  partsOf,
  type Texts,
  type Updating,
  updating,
} from './updating';

interface Options {
  readonly versioned?: boolean;
  readonly texts?: Texts;
  readonly admission?: Admission;
}

/** A record on a server that answers within 20 ms, and all that a lane knows of it. */
export function setUp({ admission, texts = {}, versioned = true }: Options = {}) {
  const clock = new VirtualClock();
  /** What the server shows, and how the next writes fail, of which it applies nothing. */
  const server = {
    parts: partsOf(texts),
    version: versioned ? 5 : null,
    failures: [] as Error[],
    requests: [] as string[],
  };
  const updates = new Set<Updating>();
  const commits: Delta[] = [];
  const noted = (what: string) => server.requests.push(`${what} at ${clock.now()}`);
  const snapshot = () => ({ parts: server.parts, version: server.version, raw: null });
  const log = new IntentLog(clock, new Lags(clock).of('client'));
  const context: CycleContext<null, string> = {
    store: {
      versioned,
      ...(admission && { admission }),
      read: async ({ signal }) => {
        noted('read');
        await clock.sleep(20, signal).catch(() => {
          throw new StoreError('given up', { kind: 'transient' });
        });
        return snapshot();
      },
      write: async (delta) => {
        noted('write');
        await clock.sleep(20);
        const failure = server.failures.shift();
        if (failure) throw failure;
        server.parts = laidOver(server.parts, delta);
        if (server.version !== null) server.version++;
        return versioned ? { snapshot: snapshot() } : { accepted: true };
      },
    },
    clock,
    freshMs: 0,
    memory: new LaneMemory(),
    contention: new Contention(clock, seededRandom(1)),
    log,
    record: new RecordMemory(clock),
    jointLooks: new Registry<JointLooks>(clock),
    onRead: () => undefined,
    onCommit: (from, to) => {
      commits.push(deltaOf(from, Object.fromEntries(to)));
    },
    updates,
    queue: new UpdateQueue(),
  };
  return {
    clock,
    server,
    context,
    commits,
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
    join: (apply: Apply, more?: More) => {
      const update = updating(clock, apply, more);
      updates.add(update);
      return update;
    },
    cycle: (of: readonly Updating[], permit?: Permit) => new Cycle(of, permit, context),
    /** Runs a cycle, and gives what it fails with. */
    run: async (of: readonly Updating[], permit?: Permit): Promise<unknown> =>
      await clock.run(
        new Cycle(of, permit, context).run().then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    /** This process writes texts outside of any cycle, which is accepted. */
    accept: (wanted: Texts, before: Texts = {}) => {
      const base = { parts: partsOf(before), version: null };
      return log.noteAccepted(log.note({ base, delta: deltaOf(base.parts, wanted) }));
    },
    /** A read shows texts. */
    show: (shown: Texts) => {
      const timed = { sentAt: clock.now(), answeredAt: clock.now(), source: 'read' } as const;
      layOver({ ...timed, snapshot: { parts: partsOf(shown), version: null, raw: null } }, log);
    },
    /** Whether a later read of `to` in place of `from` would be explained by a write of unknown outcome. */
    mayHaveWritten: (name: string, from: string, to: string) =>
      context.record.own.explained(partsOf({ [name]: from }), partsOf({ [name]: to })).get(name) ===
      to,
    /** How many writes are remembered that have no answer. */
    unanswered: () => {
      let count = 0;
      context.memory.settleUnanswered(() => {
        count++;
        return true;
      });
      return count;
    },
  };
}
