import type { SimulatedCall } from './call';
import type { News } from './news';
import type { CurrentSettings } from './settings';

/** What each of the other systems writes: one attribute, with its values in turn. */
const OTHER_SYSTEMS = [
  { name: 'Agent script', attribute: 'script_step', values: ['greeting', 'identity', 'offer'] },
  { name: 'Architect flow', attribute: 'flow_menu', values: ['main', 'billing', 'agent'] },
  { name: 'CRM sync', attribute: 'crm_case', values: ['open', 'pending', 'closed'] },
  { name: 'Speech analysis', attribute: 'speech_mood', values: ['calm', 'upset', 'happy'] },
  { name: 'Payment desk', attribute: 'pay_state', values: ['asked', 'checked', 'settled'] },
  { name: 'Agent assist', attribute: 'assist_hint', values: ['refund', 'upgrade', 'callback'] },
] as const;

interface Surroundings {
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly settings: CurrentSettings;
  readonly news: News;
}

/** Other systems that write to the customer of every live call, as often as the settings say. */
export class OtherSystems {
  readonly #surroundings: Surroundings;
  readonly #stopListening: () => void;
  #perSecond = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#stopListening = surroundings.news.listen(() => {
      this.#followSettings();
    });
    this.#followSettings();
  }

  close(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
  }

  #followSettings(): void {
    const { otherWritesPerSecond } = this.#surroundings.settings.values;
    if (otherWritesPerSecond === this.#perSecond) return;
    this.#perSecond = otherWritesPerSecond;
    clearTimeout(this.#timer);
    this.#waitForNext();
  }

  /** Nobody waits for anybody else: the times between writes are those of independent writers. */
  #waitForNext(): void {
    if (this.#perSecond === 0) return;
    const pauseMs = (-Math.log(1 - Math.random()) * 1000) / this.#perSecond;
    this.#timer = setTimeout(() => {
      this.#write();
      this.#waitForNext();
    }, pauseMs);
  }

  #write(): void {
    const system = OTHER_SYSTEMS[this.#turn % OTHER_SYSTEMS.length] ?? OTHER_SYSTEMS[0];
    const round = Math.floor(this.#turn / OTHER_SYSTEMS.length);
    const value = system.values[round % system.values.length] ?? system.values[0];
    this.#turn += 1;
    for (const { customer } of this.#surroundings.calls.values()) {
      if (customer.connected) customer.write({ [system.attribute]: value }, system.name);
    }
  }
}
