const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Conversations and participants have UUIDs as ids. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
