import { type Clock, StoreError, type UpdatePolicy } from '../../../../core';
import { type Call, type Content, goalOf, holds } from '../operation';
import { type Effect, perform } from '../sequential-specification';
import { changesIn, contentIn } from './contents';
import type { PatchTarget } from './implementation';
import type { OwnValue, PatchMemory } from './memory';
import type { PatchOutcome } from './operation';
import type { PatchFlaw } from './plain';

const PAUSE_MS = 100;

class End extends Error {
  constructor(readonly outcome: PatchOutcome) {
    super(outcome.kind);
  }
}

/** What a call is given. */
interface Given {
  readonly target: PatchTarget;
  readonly call: Call;
  readonly policy: UpdatePolicy;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly memory: PatchMemory;
  readonly flaw: PatchFlaw | undefined;
}

/** One call of the plainest client. */
export class PlainPatch {
  private readonly startedAt: number;
  private first: Content | undefined;
  /** Sent, and not answered. */
  private lost: readonly OwnValue[] = [];
  private accepted: readonly OwnValue[] = [];
  private readonly seen = new Set<OwnValue>();
  private holdsRecord = false;

  constructor(private readonly given: Given) {
    this.startedAt = given.clock.now();
  }

  async run(): Promise<PatchOutcome> {
    try {
      for (;;) {
        this.checkTime();
        await this.step();
        await this.pause();
      }
    } catch (error) {
      if (error instanceof End) return error.outcome;
      throw error;
    } finally {
      this.letGo();
    }
  }

  private async step(): Promise<void> {
    const { memory, flaw } = this.given;
    const isConfirming = this.accepted.length > 0;
    const mustWait = memory.isBusy && !this.holdsRecord && flaw !== 'waits for no companion';
    if (!isConfirming && mustWait && this.first) return;
    if (!isConfirming && !mustWait) {
      memory.isBusy = true;
      this.holdsRecord = true;
    }
    try {
      const sentAt = this.given.clock.now();
      const shown = contentIn(await this.given.target.store.read(this.limits()));
      this.checkTime();
      memory.see(shown, sentAt);
      if (isConfirming) await this.confirm(shown, sentAt);
      else if (mustWait) this.first = memory.withAccepted(shown);
      else await this.plan(shown);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.noteFailure(error);
    }
  }

  private async plan(shown: Content): Promise<void> {
    const { call, flaw, memory } = this.given;
    const view = flaw === 'believes old reads' ? shown : memory.withAccepted(shown);
    this.first ??= view;
    if (this.lost.length > 0 && holds(shown, goalOf(call))) {
      this.accept(this.lost);
      throw new End({ kind: 'written' });
    }
    const effect = this.givingWay(view) ?? this.effect(view);
    if (effect.kind === 'written') {
      await this.patch({ ...changesIn(view, effect.next), ...this.unshown(shown, effect.next) });
      return;
    }
    if (this.lost.length > 0) throw new End({ kind: 'unknown' });
    // What reads do not show yet may be gone again.
    const names = [...Object.keys(goalOf(call)), ...('name' in call ? [call.name] : [])];
    if (names.every((name) => (shown[name] ?? '') === (view[name] ?? ''))) throw new End(effect);
  }

  /** What is wanted and no read shows yet, though it was accepted: it may be gone again. */
  private unshown(shown: Content, next: Content): Content {
    const names = Object.keys(goalOf(this.given.call));
    const changes = Object.entries(changesIn(shown, next));
    return Object.fromEntries(changes.filter(([name]) => names.includes(name)));
  }

  private effect(view: Content): Effect {
    const { call, flaw } = this.given;
    if (flaw !== 'looks at no condition') return perform(call, view);
    return { kind: 'written', next: { ...view, ...goalOf(call) } };
  }

  private givingWay(view: Content): Effect | undefined {
    const { call, flaw, memory } = this.given;
    if (call.kind !== 'setUnlessOthers') return undefined;
    const { name, value, otherwise } = call;
    const found = view[name] ?? '';
    if (found === (this.first?.[name] ?? '') || found === value) return undefined;
    if (memory.isOwn(name, found) && flaw !== 'takes its own value for another') return undefined;
    return otherwise === 'keep'
      ? { kind: 'unchanged', found: { [name]: found } }
      : { kind: 'refused', found };
  }

  private async patch(values: Content): Promise<void> {
    const { flaw, memory, policy, target } = this.given;
    this.checkTime();
    const sent = memory.send(values);
    try {
      const delta = new Map(sent.map(({ name, value }) => [name, { from: null, to: value }]));
      await target.store.write(
        delta,
        { parts: new Map(), version: null, raw: null },
        this.limits(),
      );
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!this.isTakenForAcceptance(error)) {
        this.noteFailure(error, sent);
        return;
      }
    }
    memory.noteWriteEnd();
    this.accept(sent);
    this.accepted = sent;
    this.letGo();
    if (flaw === 'says written at acceptance') throw new End({ kind: 'written' });
    if (policy.waitUntilVisible === false) throw new End({ kind: 'accepted' });
  }

  private accept(sent: readonly OwnValue[]): void {
    for (const one of sent) one.acceptedAt = this.given.clock.now();
  }

  private isTakenForAcceptance({ failure, message }: StoreError): boolean {
    if (failure.kind !== 'ambiguous') return false;
    const { flaw } = this.given;
    return message === 'a page'
      ? flaw === 'takes a page for acceptance'
      : flaw === 'takes silence for acceptance';
  }

  private async confirm(shown: Content, sentAt: number): Promise<void> {
    const { call, flaw, memory } = this.given;
    const unseen = this.accepted.filter((one) => !this.isShown(one, shown, sentAt));
    if (unseen.length === 0) throw new End({ kind: 'written' });
    const others = unseen.filter((one) => this.isOthers(one, shown[one.name] ?? ''));
    if (
      others.length > 0 &&
      flaw === 'gives way after it has written' &&
      call.kind === 'setUnlessOthers'
    ) {
      const [{ name } = { name: '' }] = others;
      throw new End({ kind: 'refused', found: shown[name] ?? '' });
    }
    const isAgain =
      (others.length > 0 && flaw === 'writes again over a newer value') ||
      (others.length === 0 && flaw === 'sends again what no read shows yet');
    if (isAgain) {
      const again = unseen.map(({ name, value }) => [name, value] as const);
      await this.patch(Object.fromEntries(again));
      return;
    }
    if (others.length === 0 || sentAt < this.boundAt(memory.boundMs)) return;
    const found = others.map(({ name }) => [name, shown[name] ?? ''] as const);
    throw new End({ kind: 'superseded', found: Object.fromEntries(found) });
  }

  private boundAt(boundMs: number): number {
    const [{ acceptedAt = 0 } = {}] = this.accepted;
    switch (this.given.flaw) {
      case 'ends before the bound':
        return acceptedAt + boundMs / 2;
      case 'counts the bound from the call':
        return this.startedAt + boundMs;
      default:
        return acceptedAt + boundMs;
    }
  }

  private isShown(one: OwnValue, shown: Content, sentAt: number): boolean {
    const { memory } = this.given;
    const found = shown[one.name] ?? '';
    const isThere = found === one.value && !(one.older.has(found) && sentAt < this.boundAt(0));
    if (isThere || memory.isLaterOwn(found, one)) this.seen.add(one);
    return this.seen.has(one);
  }

  private isOthers(one: OwnValue, found: string): boolean {
    const { flaw, memory } = this.given;
    if (flaw === 'takes an old value for another') return true;
    return !one.older.has(found) && !memory.isOwn(one.name, found);
  }

  private noteFailure({ failure }: StoreError, sent: readonly OwnValue[] = []): void {
    const { flaw, memory } = this.given;
    if (failure.kind === 'ambiguous') {
      memory.noteWriteEnd();
      if (flaw !== 'forgets a write without an answer') this.lost = sent;
    }
    if (failure.kind !== 'permanent') return;
    if (memory.hasJustWritten && flaw !== 'believes every 404') return;
    this.end({ kind: 'failed', reason: 'permanent', isAbsent: true });
  }

  private checkTime(): void {
    const { policy, signal } = this.given;
    const isOver = this.given.clock.now() >= this.startedAt + policy.totalTimeoutMs;
    if (isOver) this.end({ kind: 'failed', reason: 'deadline' });
    if (signal.aborted) this.end({ kind: 'failed', reason: 'cancelled' });
  }

  /** Ends for want of time, or of the record. */
  private end(outcome: Extract<PatchOutcome, { kind: 'failed' }>): never {
    const { flaw } = this.given;
    const isDeadline = outcome.reason === 'deadline';
    const isTold = !(isDeadline
      ? flaw === 'says deadline of what was accepted'
      : flaw === 'leaves what was accepted');
    if (this.accepted.length > 0 && isTold) {
      throw new End(isDeadline ? { kind: 'unseen' } : { kind: 'unknown' });
    }
    throw new End(this.lost.length > 0 ? { kind: 'unknown' } : outcome);
  }

  private letGo(): void {
    if (this.holdsRecord) this.given.memory.isBusy = false;
    this.holdsRecord = false;
  }

  private async pause(): Promise<void> {
    const { clock, policy, signal } = this.given;
    const leftMs = this.startedAt + policy.totalTimeoutMs - clock.now();
    const ms = Math.min(PAUSE_MS, Math.max(0, leftMs));
    await clock.sleep(ms, signal).catch(() => undefined);
  }

  private limits() {
    const { clock, policy, signal } = this.given;
    const leftMs = this.startedAt + policy.totalTimeoutMs - clock.now();
    return { timeoutMs: Math.min(policy.requestTimeoutMs, leftMs), signal };
  }
}
