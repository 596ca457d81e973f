const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Conversations and participants have UUIDs as ids. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A UUID is the same in capitals; any other ID is what it is. */
export function spelt(id: string): string {
  return isUuid(id) ? id.toLowerCase() : id;
}
