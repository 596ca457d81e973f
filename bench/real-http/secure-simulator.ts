import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createServer } from 'node:tls';

import { type Simulator, startSimulator } from '../../simulator';
import { selfSigned } from '../../test/genesys/transport/certificate';
import { openLine } from './line';
import type { Account } from './writer';

/** A simulator behind TLS, at the far end of lines with and without a delayed handshake of TCP. */
export interface SecureSimulator {
  readonly simulator: Simulator;
  /** The way in, at the near end of a line. */
  account(line: { delaysHandshake: boolean }): Account;
  /** What a process must have in its environment to trust the certificate. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** @param roundTripMs between a client and TLS */
export async function startSecureSimulator(roundTripMs: number): Promise<SecureSimulator> {
  const simulator = await startSimulator();
  const { key, cert } = selfSigned();
  const plainPort = Number(new URL(simulator.url).port);
  const secure = createServer({ key, cert, noDelay: true }, (socket) => {
    const plain = connect({ port: plainPort, host: '127.0.0.1', noDelay: true });
    // Either side may leave as it likes.
    pipeline(socket, plain, socket).catch(() => undefined);
  }).listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const to = (secure.address() as AddressInfo).port;
  const oneWayMs = roundTripMs / 2;
  const withHandshake = await openLine({ to, oneWayMs, delaysHandshake: true });
  const without = await openLine({ to, oneWayMs, delaysHandshake: false });

  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const certificate = join(folder, 'certificate.pem');
  writeFileSync(certificate, cert);
  return {
    simulator,
    account: ({ delaysHandshake }) => ({
      // By name: the certificate is made out to it.
      url: `https://localhost:${(delaysHandshake ? withHandshake : without).port}`,
      clientId: simulator.clientId,
      clientSecret: simulator.clientSecret,
    }),
    env: { NODE_EXTRA_CA_CERTS: certificate, NO_PROXY: 'localhost', no_proxy: 'localhost' },
    close: async () => {
      await Promise.all([withHandshake.close(), without.close()]);
      secure.close();
      await simulator.close();
      rmSync(folder, { recursive: true });
    },
  };
}
