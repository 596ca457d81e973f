import { getAdditionalKeys } from 'n8n-core';
import {
  ICredentialsHelper,
  NodeHelpers,
  type ICredentialDataDecryptedObject,
  type ICredentials,
  type ICredentialsExpressionResolveValues,
  type ICredentialType,
  type IExecuteData,
  type IHttpRequestHelper,
  type IHttpRequestOptions,
  type INode,
  type INodeCredentialsDetails,
  type INodeParameters,
  type INodeProperties,
  type IRequestOptionsSimplified,
  type IWorkflowExecuteAdditionalData,
  type Workflow,
  type WorkflowExecuteMode,
} from 'n8n-workflow';

/** Decrypted credential data by the id or the name workflows refer to it with. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;

const requestParts = ['auth', 'body', 'headers', 'qs'] as const;

/**
 * What n8n's database and credential service are to the engine. A token that a credential type's
 * `preAuthentication` fetches is kept in the given record, as n8n keeps it in its database.
 */
export class CredentialStore extends ICredentialsHelper {
  private readonly types: ReadonlyMap<string, ICredentialType>;

  constructor(
    types: readonly ICredentialType[],
    private readonly credentials: Credentials,
  ) {
    super();
    this.types = new Map(types.map((type) => [type.name, type]));
  }

  getParentTypes(typeName: string): string[] {
    return this.types.get(typeName)?.extends ?? [];
  }

  isCredentialUsableByNode(): boolean {
    return true;
  }

  getCredentialsProperties(typeName: string): INodeProperties[] {
    return this.type(typeName).properties;
  }

  /** The stored data as a node sees it: defaults filled in and expressions resolved. */
  getDecrypted(
    additionalData: IWorkflowExecuteAdditionalData,
    reference: INodeCredentialsDetails,
    typeName: string,
    mode: WorkflowExecuteMode,
    executeData?: IExecuteData,
    raw?: boolean,
    resolveWith?: ICredentialsExpressionResolveValues,
  ): Promise<ICredentialDataDecryptedObject> {
    const stored = this.credentials[this.keyOf(reference)] ?? {};
    if (raw === true) return Promise.resolve({ ...stored });
    const data = this.withDefaults(typeName, stored);
    if (resolveWith === undefined) return Promise.resolve(data);
    const resolved = resolveWith.workflow.expression.getParameterValue(
      data as INodeParameters,
      resolveWith.runExecutionData,
      resolveWith.runIndex,
      resolveWith.itemIndex,
      resolveWith.node.name,
      resolveWith.connectionInputData,
      mode,
      getAdditionalKeys(additionalData, mode, null, { isCredential: true }),
      executeData,
      false,
      data,
    );
    return Promise.resolve(resolved as ICredentialDataDecryptedObject);
  }

  /** The data with the defaults of the credential type for whatever is not set. */
  withDefaults(
    typeName: string,
    data: ICredentialDataDecryptedObject,
  ): ICredentialDataDecryptedObject {
    const { properties } = this.type(typeName);
    const complete = NodeHelpers.getNodeParameters(
      properties,
      data as INodeParameters,
      true,
      false,
      null,
      null,
    );
    return (complete ?? {}) as ICredentialDataDecryptedObject;
  }

  async authenticate(
    data: ICredentialDataDecryptedObject,
    typeName: string,
    request: IHttpRequestOptions | IRequestOptionsSimplified,
    workflow?: Workflow,
    node?: INode,
  ): Promise<IHttpRequestOptions> {
    const options = request as IHttpRequestOptions;
    const { authenticate } = this.type(typeName);
    if (authenticate === undefined) return options;
    if (typeof authenticate === 'function') return await authenticate(data, options);
    if (workflow === undefined || node === undefined) {
      throw new Error(
        `"authenticate" of "${typeName}" needs a workflow to resolve its expressions`,
      );
    }

    const resolve = (text: unknown): string =>
      String(
        workflow.expression.getSimpleParameterValue(
          node,
          String(text),
          'internal',
          { $credentials: data },
          undefined,
          '',
        ) ?? '',
      );
    const authenticated: Record<string, unknown> = { ...options };
    for (const part of requestParts) {
      const fields = Object.entries(authenticate.properties[part] ?? {});
      if (fields.length === 0) continue;
      const added = fields.map(([name, value]) => [resolve(name), resolve(value)] as const);
      authenticated[part] = { ...(options[part] as object), ...Object.fromEntries(added) };
    }
    return authenticated as unknown as IHttpRequestOptions;
  }

  async preAuthentication(
    http: IHttpRequestHelper,
    data: ICredentialDataDecryptedObject,
    typeName: string,
    node: INode,
    expired: boolean,
  ): Promise<ICredentialDataDecryptedObject | undefined> {
    const token = this.expirableProperty(typeName);
    if (token === undefined) return undefined;
    if (data[token] !== '' && !expired) return undefined;

    const fetched = await this.runPreAuthentication(http, data, typeName);
    const reference = node.credentials?.[typeName];
    if (fetched?.[token] === undefined || reference === undefined) return undefined;
    const key = this.keyOf(reference);
    this.credentials[key] = { ...this.credentials[key], ...fetched };
    return { ...data, ...fetched };
  }

  async runPreAuthentication(
    http: IHttpRequestHelper,
    data: ICredentialDataDecryptedObject,
    typeName: string,
  ): Promise<ICredentialDataDecryptedObject | undefined> {
    const fetched = await this.type(typeName).preAuthentication?.call(http, data);
    return fetched as ICredentialDataDecryptedObject | undefined;
  }

  /** The name of the hidden field that holds a token `preAuthentication` fetches, if there is one. */
  expirableProperty(typeName: string): string | undefined {
    return this.type(typeName).properties.find(
      ({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true,
    )?.name;
  }

  getCredentials(): Promise<ICredentials> {
    return Promise.reject(new Error('The engine keeps no encrypted credentials'));
  }

  updateCredentials(): Promise<void> {
    return Promise.reject(new Error('Nodes cannot change credentials here'));
  }

  updateCredentialsOauthTokenData(): Promise<void> {
    return Promise.reject(new Error("n8n's own OAuth flow is not available here"));
  }

  private type(name: string): ICredentialType {
    const type = this.types.get(name);
    if (type === undefined) throw new Error(`No credential type "${name}" was given to the engine`);
    return type;
  }

  private keyOf({ id, name }: INodeCredentialsDetails): string {
    const key = [id, name].find((it) => it !== null && Object.hasOwn(this.credentials, it));
    if (key === undefined || key === null) {
      throw new Error(`No credential "${name}" was given to the engine`);
    }
    return key;
  }
}
