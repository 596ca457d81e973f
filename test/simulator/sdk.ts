import {
  ApiClient,
  ConversationsApi,
  ExternalContactsApi,
  GroupsApi,
  OutboundApi,
  RoutingApi,
  UsersApi,
} from 'purecloud-platform-client-v2';

/** There is one client in the SDK, shared by all of its APIs. */
const client = ApiClient.instance;
// No configuration of whoever runs the tests, and no watch on its file.
client.config.setConfigPath('');
// No proxy either, whatever the environment says.
client.getHttpClient().setPreHook((config: object) => Promise.resolve({ ...config, proxy: false }));

/** A reply as the SDK saw it. */
export interface SdkReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** Points the official SDK at a server of this machine, the way it is pointed at a gateway. */
export function sdkFor(url: string) {
  const { protocol, hostname, port } = new URL(url);
  client.clearAccessToken();
  client.setGateway({ host: hostname, port: Number(port), protocol: protocol.replace(':', '') });
  return {
    conversations: new ConversationsApi(),
    externalContacts: new ExternalContactsApi(),
    groups: new GroupsApi(),
    outbound: new OutboundApi(),
    routing: new RoutingApi(),
    users: new UsersApi(),
    signIn: (clientId: string, clientSecret: string) =>
      client.loginClientCredentialsGrant(clientId, clientSecret),
  };
}

/** What the SDK makes of the reply to a call, be it a success or an error. */
export async function replyTo(call: () => Promise<unknown>): Promise<SdkReply> {
  client.setReturnExtendedResponses(true);
  try {
    return (await call()) as SdkReply;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'status' in error) return error as SdkReply;
    throw error;
  } finally {
    client.setReturnExtendedResponses(false);
  }
}
