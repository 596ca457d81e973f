import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

/** A reply that is compressed more often than this is up to something. */
const MOST_CODINGS = 3;

/** The low half of the first byte of the zlib format, which "deflate" is and which some leave out. */
const ZLIB_METHOD = 8;

const CODINGS = new Map(
  Object.entries({
    gzip: promisify(gunzip),
    'x-gzip': promisify(gunzip),
    br: promisify(brotliDecompress),
    zstd: promisify(zstdDecompress),
  }),
);

/**
 * The text of a reply, whatever it was compressed with: proxies compress without being asked to. What
 * cannot be understood is handed on as it came, and is damaged where it is no UTF-8.
 *
 * undici's own interceptor warns of itself in n8n's log, fails on what some call "deflate", and takes
 * a reply that only claims to be compressed for a broken connection.
 *
 * @param mostBytes a reply that would be larger than this is not unpacked
 * @see RFC 9110, section 8.4.1
 */
export async function decode(
  bytes: Uint8Array,
  contentEncoding: string,
  mostBytes: number,
): Promise<{ readonly text: string; readonly isDamaged: boolean }> {
  const content = await unpacked(bytes, contentEncoding, mostBytes);
  return { text: new TextDecoder().decode(content), isDamaged: !isUtf8(content) };
}

async function unpacked(
  bytes: Uint8Array,
  contentEncoding: string,
  maxOutputLength: number,
): Promise<Uint8Array> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (bytes.length === 0 || codings.length > MOST_CODINGS) return bytes;
  let content = bytes;
  try {
    // They are listed in the order in which they were applied.
    for (const coding of codings.toReversed()) {
      const undo = coding === 'deflate' ? deflated(content) : CODINGS.get(coding);
      if (!undo) return bytes;
      content = await undo(content, { maxOutputLength });
    }
    return content;
  } catch {
    return bytes;
  }
}

function deflated(content: Uint8Array) {
  const hasHeader = ((content[0] ?? 0) & 0x0f) === ZLIB_METHOD;
  return promisify(hasHeader ? inflate : inflateRaw);
}
