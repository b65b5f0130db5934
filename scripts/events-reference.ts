import { writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import type { EventMetadata } from '#platform/eventstore/port.ts'
import { EVENT_CONTEXTS, type EventContext } from './event-contexts.ts'
import { schemasInFiles, type SchemaSource } from './event-sentences.ts'
import { fieldTable, writtenShape, type SharedShapes } from './field-table.ts'

export const EVENTS_PAGE = new URL('../docs/reference/events.md', import.meta.url)

/** Modules whose schemas several contexts share. */
const SHARED_FILES = ['domain/ids.ts', 'domain/money/money.ts', 'domain/envelope.ts']

/** The envelope as it is on the wire; a field that is added to the port must be told here too. */
const ENVELOPE: Readonly<
  Record<keyof EventMetadata, readonly [wire: string, type: string, meaning: string]>
> = {
  correlationId: [
    '$correlationId',
    'string',
    'The business case: the order’s id for everything a checkout does, else the id of what the stream is about. EventStoreDB’s own name for it.',
  ],
  causationId: [
    '$causationId',
    'string',
    'The event, or the request, that led to this one. EventStoreDB’s own name for it.',
  ],
  commandId: [
    'commandId',
    'string',
    'The command that was decided. The same command again finds its id among the events and changes nothing.',
  ],
  actor: [
    'actor',
    'string',
    'Who did it: `customer:…`, `staff:…`, `process:checkout`, `provider:paypay`, `system:seed`. Never a name or an address.',
  ],
  schemaVersion: [
    'schemaVersion',
    'integer, at least 1',
    'Which version of the event’s shape the data has. Older ones are lifted when they are read; one from the future is not guessed at.',
  ],
  traceparent: ['traceparent', 'string', 'W3C trace context, where a trace is running. May be missing.'],
}

const KINDS: readonly (readonly [EventContext['kind'], string, string])[] = [
  ['business', 'Business streams', 'The facts of the shop. Everything else can be worked out from these.'],
  [
    'process',
    'Process streams',
    'What a process keeps for itself between its steps. Not an interface: read the business streams.',
  ],
  [
    'housekeeping',
    'Housekeeping streams',
    'What came in from outside, and what whoever runs the shop must see to.',
  ],
]

const anchor = (heading: string): string =>
  `#${heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(/\s/g, '-')}`

/** A heading's link; headings are never renamed without need, since other people's pages lead to them. */
const linkTo = (heading: string): string => `[${heading}](${anchor(heading)})`

const eventSection = (
  context: EventContext,
  type: string,
  schemas: ReadonlyMap<string, SchemaSource>,
  shared: SharedShapes,
): string => {
  const declared = schemas.get(type)
  if (declared?.sentence === undefined)
    throw new Error(`${type} has no sentence above it in ${context.eventsFile}`)
  const newest = context.version(type)
  const example = context.fixtures.find(
    (fixture) => fixture.type === type && fixture.schemaVersion === newest,
  )
  if (example === undefined) throw new Error(`${type}@${newest} has no stored fixture`)
  const versions =
    newest === 1
      ? 'Version 1.'
      : `Version ${newest}; versions 1 to ${newest - 1} are in logs too, and are lifted to it when they are read.`
  return [
    `#### ${type}`,
    declared.sentence,
    versions,
    fieldTable(writtenShape(context.schema(type)), declared.fields, schemas, shared),
    `\`\`\`json\n${JSON.stringify(example.data, null, 2)}\n\`\`\``,
  ].join('\n\n')
}

const contextSection = (
  context: EventContext,
  schemas: ReadonlyMap<string, SchemaSource>,
  shared: SharedShapes,
): string =>
  [
    `### ${context.title}`,
    `Stream \`${context.stream}\`. Written by: ${context.writers}. Declared in [\`${context.eventsFile}\`](../../${context.eventsFile}).`,
    context.about,
    ...context.types.map((type) => eventSection(context, type, schemas, shared)),
  ].join('\n\n')

/** Shapes that are met while others are being written are written too; each is met at most once. */
const sharedSections = (shared: SharedShapes, schemas: ReadonlyMap<string, SchemaSource>): string[] => {
  const sections = new Map<string, string>()
  for (const [name, shape] of shared) {
    const declared = schemas.get(name)
    const parts = [
      `### ${name}`,
      declared?.sentence,
      fieldTable(shape, declared?.fields ?? new Map(), schemas, shared),
    ]
    sections.set(name, parts.filter((part) => part !== undefined).join('\n\n'))
  }
  return [...sections].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, section]) => section)
}

const contents = (contexts: readonly EventContext[], shapes: readonly string[]): string =>
  [
    `- ${linkTo('Every event')}`,
    ...KINDS.flatMap(([kind, heading]) => [
      `- ${linkTo(heading)}`,
      ...contexts
        .filter((context) => context.kind === kind)
        .map(({ title, types }) => `  - ${linkTo(title)}: ${types.map(linkTo).join(', ')}`),
    ]),
    `- ${linkTo('Shared shapes')}: ${shapes.map(linkTo).join(', ')}`,
  ].join('\n')

const envelope = (): string =>
  [
    '## Every event',
    'An event is JSON with a type, data, metadata and a UUID. Its id is derived from the command and the call that wrote it, so an append ' +
      'that is repeated after a lost answer is the same append. Streams are named `category-id`; revisions are dense, and every append ' +
      'names the revision it expects. The time an event was recorded is EventStoreDB’s `created`; times inside the data are the ' +
      'shop’s clock when it decided.',
    'Money is a whole number of minor units with its currency. Personal data is written only as an envelope encrypted with the ' +
      'customer’s own key: destroying the key forgets the person.',
    'A shape never changes: another shape is another version, with an upcaster that lifts the older data. ' +
      '[`domain/event-versions.json`](../../domain/event-versions.json) holds every version that was ever written, and the tests hold ' +
      'the code to it. An event that cannot be read puts its own order, payment or product aside and nothing else.',
    '### Metadata',
    [
      '| Field | Type | Meaning |',
      '| --- | --- | --- |',
      ...Object.values(ENVELOPE).map(([wire, type, meaning]) => `| \`${wire}\` | ${type} | ${meaning} |`),
    ].join('\n'),
  ].join('\n\n')

/**
 * The page of every event in the log, made from the codecs, the schemas, the sentences above them and the fixtures.
 * @throws when an event has no sentence or no fixture.
 */
export const eventsReference = async (
  contexts: readonly EventContext[] = EVENT_CONTEXTS,
): Promise<string> => {
  const schemas = schemasInFiles([...SHARED_FILES, ...contexts.map(({ eventsFile }) => eventsFile)])
  const shared: SharedShapes = new Map()
  const sections = KINDS.flatMap(([kind, heading, about]) => [
    `## ${heading}`,
    about,
    ...contexts
      .filter((context) => context.kind === kind)
      .map((context) => contextSection(context, schemas, shared)),
  ])
  const shapes = sharedSections(shared, schemas)
  const page = [
    '# Events',
    'Every event in the log, for auditors and for whoever connects another system. Made from the code by ' +
      '`npm run docs:events`; not written by hand.',
    contents(contexts, [...shared.keys()].toSorted()),
    envelope(),
    ...sections,
    '## Shared shapes',
    ...shapes,
  ].join('\n\n')
  return format(page, { parser: 'markdown', printWidth: 110, embeddedLanguageFormatting: 'off' })
}

if (import.meta.main) await writeFile(EVENTS_PAGE, await eventsReference())
