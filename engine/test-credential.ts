import './n8n-home';

import { RoutingNode } from 'n8n-core';
import {
  type ICredentialDataDecryptedObject,
  type ICredentialTestRequest,
  type ICredentialType,
  type IDataObject,
  type INodeCredentialTestResult,
  type INodeType,
} from 'n8n-workflow';

import { executeContext } from './execute-context';
import { singleNode, type SingleNode } from './single-node';
import { noOp } from './stand-ins';

/** The parts n8n looks at of what a failed request throws. */
interface RequestFailure {
  readonly message: string;
  readonly cause?: {
    readonly response?: { readonly status: number; readonly statusText: string };
    readonly code?: string;
  };
}

/**
 * Does what the test button of a credential does: sends the type's `test` request from a node made
 * up for it, through `preAuthentication` and `authenticate`, and judges the answer.
 */
export async function testCredential(
  type: ICredentialType,
  data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
  if (type.test === undefined) throw new Error(`"${type.displayName}" has no test request`);

  const nodeType = testNodeType(type, type.test);
  const single = singleNode(nodeType, { type, data });
  try {
    return judgeAnswer(type.test, await sendTestRequest(single, nodeType, type, data));
  } catch (failure) {
    return { status: 'Error', message: failureMessage(type.test, failure as RequestFailure) };
  }
}

function testNodeType(type: ICredentialType, { request }: ICredentialTestRequest): INodeType {
  return {
    description: {
      ...noOp.description,
      credentials: [{ name: type.name, required: true }],
      properties: [
        { displayName: 'Test', name: 'test', type: 'string', default: '', routing: { request } },
      ],
    },
  };
}

async function sendTestRequest(
  single: SingleNode,
  nodeType: INodeType,
  type: ICredentialType,
  data: ICredentialDataDecryptedObject,
): Promise<IDataObject> {
  const { credentialStore } = single;
  const context = executeContext(single);
  // n8n fetches a new token for every test, whatever is stored.
  const token = credentialStore.expirableProperty(type.name);
  const tested = credentialStore.withDefaults(type.name, {
    ...data,
    ...(token !== undefined && { [token]: '' }),
  });
  const output = await new RoutingNode(context, nodeType, {
    id: 'credential',
    name: type.displayName,
    type: type.name,
    data: tested,
  }).runNode();
  return output?.[0]?.[0]?.json ?? {};
}

function judgeAnswer(
  { rules = [] }: ICredentialTestRequest,
  body: IDataObject,
): INodeCredentialTestResult {
  const broken = rules.find(
    ({ type, properties }) =>
      type === 'responseSuccessBody' && valueAt(body, properties.key) === properties.value,
  );
  return broken === undefined
    ? { status: 'OK', message: 'Connection successful!' }
    : { status: 'Error', message: broken.properties.message };
}

function failureMessage(
  { rules = [] }: ICredentialTestRequest,
  { message, cause }: RequestFailure,
): string {
  const response = cause?.response;
  if (response === undefined) return cause?.code ?? message;
  const rule = rules.find(
    ({ type, properties }) => type === 'responseCode' && properties.value === response.status,
  );
  return (
    rule?.properties.message ??
    (response.statusText || `Received HTTP status code: ${String(response.status)}`)
  );
}

function valueAt(body: IDataObject, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as IDataObject | undefined)?.[key], body);
}
