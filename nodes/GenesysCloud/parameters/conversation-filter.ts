import type { INodeProperties } from 'n8n-workflow';

import type { PastConversationsFilter } from '../../../genesys/conversations/past-conversations';
import { isBlank } from '../../parameters/blank';
import { choiceOf } from '../../parameters/choice';
import { type Collection, givenOr, parseCollection } from '../../parameters/collection';
import { flagIn } from '../../parameters/flag';
import { parseId } from '../../parameters/ids';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { parseTime } from './time';

/** Where to look. */
const source = choiceOf<'active' | 'history'>(
  {
    displayName: 'Source',
    name: 'source',
    noDataExpression: true,
    default: 'active',
    description: 'Where to look',
  },
  {
    active: {
      name: 'Active',
      description: 'Conversations that are in queues now, or with agents of queues',
    },
    history: {
      name: 'History',
      description:
        'Conversations of the interval between From and To, ended or not. A new one is listed some seconds after it began.',
    },
  },
);

const direction = choiceOf<'inbound' | 'outbound'>(
  {
    displayName: 'Direction',
    name: 'direction',
    default: 'inbound',
    description: 'Return only conversations that this side began',
  },
  {
    inbound: { name: 'Inbound', description: 'The customer' },
    outbound: { name: 'Outbound', description: 'The organization' },
  },
);

const A_MEDIUM = 'Conversations that used this medium, perhaps beside others';

type MediaType =
  | 'call'
  | 'callback'
  | 'chat'
  | 'cobrowse'
  | 'email'
  | 'internalmessage'
  | 'message'
  | 'screenshare'
  | 'video';

const mediaType = choiceOf<MediaType>(
  {
    displayName: 'Media Type',
    name: 'mediaType',
    default: 'call',
    description: 'Return only conversations that used this medium, perhaps beside others',
  },
  {
    call: { name: 'Call', description: A_MEDIUM },
    callback: { name: 'Callback', description: A_MEDIUM },
    chat: { name: 'Chat', description: A_MEDIUM },
    cobrowse: { name: 'Cobrowse', description: A_MEDIUM },
    email: { name: 'Email', description: A_MEDIUM },
    internalmessage: { name: 'Internal Message', description: A_MEDIUM },
    message: { name: 'Message', description: A_MEDIUM },
    screenshare: { name: 'Screen Share', description: A_MEDIUM },
    video: { name: 'Video', description: A_MEDIUM },
  },
);

/** One thing from a list, or by its ID. */
function locator(
  displayName: string,
  name: string,
  searchListMethod: string,
  description: string,
): INodeProperties {
  return {
    displayName,
    name,
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    description,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: `Choose a ${displayName.toLowerCase()}…`,
        typeOptions: { searchListMethod, searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. 7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
      },
    ],
  };
}

/** The fields that say which conversations. */
export const conversationFilterProperties: readonly INodeProperties[] = [
  source.property,
  {
    displayName: 'Queue Names or IDs',
    name: 'queueIds',
    type: 'multiOptions',
    typeOptions: { loadOptionsMethod: 'getQueues' },
    default: [],
    description:
      'Only conversations of these queues; none for all queues. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'From',
    name: 'from',
    type: 'dateTime',
    required: true,
    default: '',
    description:
      'The beginning of the interval. Genesys Cloud may add conversations that began earlier on that day and were still going on.',
    displayOptions: { show: { source: ['history'] } },
  },
  {
    displayName: 'To',
    name: 'to',
    type: 'dateTime',
    default: '',
    description: 'The end of the interval. Leave it empty to search until now.',
    displayOptions: { show: { source: ['history'] } },
  },
  {
    displayName: 'Filters',
    name: 'filters',
    type: 'collection',
    placeholder: 'Add Filter',
    default: {},
    displayOptions: { show: { source: ['history'] } },
    options: [
      direction.property,
      mediaType.property,
      locator(
        'Queue',
        'queueId',
        'searchQueues',
        'Return only conversations that were in this queue',
      ),
      {
        displayName: 'Still Active',
        name: 'stillActive',
        type: 'boolean',
        default: true,
        description: 'Whether to return only those that have not ended',
      },
      locator(
        'User',
        'userId',
        'searchUsers',
        'Return only conversations that this user took part in',
      ),
    ],
  },
];

/** Which conversations: those going on, or those of a time. */
export type Wanted =
  | { readonly source: 'active'; readonly queueIds: readonly string[] }
  | ({ readonly source: 'history' } & PastConversationsFilter);

/** @throws {InvalidParameter} */
export function readConversationFilter(
  reader: ParameterReader,
  itemIndex: number,
  timeZone: string,
): Wanted {
  const parameter = (name: string, displayName: string): unknown =>
    reader.read(name, displayName, itemIndex);
  const chosen = source.parse(parameter('source', 'Source'));
  const queueIds = parseIds('Queue Names or IDs', parameter('queueIds', 'Queue Names or IDs'));
  if (chosen === 'active') return { source: chosen, queueIds };
  const from = parseTime('From', parameter('from', 'From'), timeZone);
  const end = parameter('to', 'To');
  const to = isBlank(end) ? new Date() : parseTime('To', end, timeZone);
  if (from.getTime() > to.getTime()) {
    throw new InvalidParameter('From', 'It is later than "To".', 'Exchange the two.');
  }
  const filters = parseCollection('Filters', parameter('filters', 'Filters'));
  return { source: chosen, from, to, ...filtersOf(filters, queueIds) };
}

function filtersOf(filters: Collection, queueIds: readonly string[]) {
  const queue = filterOf(filters, 'queueId', (value) => located('Queue', value));
  if (queue !== undefined && queueIds.length > 0) {
    throw new InvalidParameter(
      'Queue',
      'It is given beside "Queue Names or IDs".',
      'Decide for one of the two.',
    );
  }
  return {
    queueIds: queue === undefined ? queueIds : [queue],
    userId: filterOf(filters, 'userId', (value) => located('User', value)),
    mediaType: filterOf(filters, 'mediaType', (value) =>
      // As Genesys Cloud calls it in its queries.
      mediaType.parse(value === 'voice' ? 'call' : value),
    ),
    direction: filterOf(filters, 'direction', direction.parse),
    stillActive: flagIn(filters, 'Still Active', 'stillActive', false),
  };
}

/** A filter that is blank is none; one that an expression leaves out would find too much. */
function filterOf<Value>(
  filters: Collection,
  name: string,
  parse: (value: unknown) => Value,
): Value | undefined {
  const value = givenOr(filters, name, '');
  return isBlank(value) ? undefined : parse(value);
}

/** IDs as the list gives them, an array by expression, or text with commas in between. */
export function parseIds(parameter: string, value: unknown): readonly string[] {
  const ids: unknown = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(ids)) {
    throw unfit(
      parameter,
      value,
      'is no list of IDs.',
      'Give an array, or text with commas in between.',
    );
  }
  const given = ids.filter((id: unknown) => !isBlank(id));
  return [...new Set(given.map((id: unknown) => parseId(parameter, id)))];
}

function located(parameter: string, value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  return isBlank(id) ? undefined : parseId(parameter, id);
}
