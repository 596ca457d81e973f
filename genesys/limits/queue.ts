/** First in, first out; whoever has a ticket may leave early. Every step in O(1), amortised. */
export class Queue<Item> {
  private readonly items = new Map<number, Item>();
  private firstTicket = 0;
  private nextTicket = 0;

  get size(): number {
    return this.items.size;
  }

  /** @returns the ticket to leave with. */
  push(item: Item): number {
    this.items.set(this.nextTicket, item);
    return this.nextTicket++;
  }

  /** The one that has been in the queue for longest. */
  first(): Item | undefined {
    while (this.firstTicket < this.nextTicket && !this.items.has(this.firstTicket)) {
      this.firstTicket++;
    }
    return this.items.get(this.firstTicket);
  }

  shift(): void {
    this.first();
    this.remove(this.firstTicket);
  }

  remove(ticket: number): void {
    this.items.delete(ticket);
  }
}
