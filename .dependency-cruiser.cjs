/** Who may import whom; the table is in docs/explanation/architecture.md. */
const rooms = [
  'domain',
  'processmanagers',
  'projections',
  'api',
  'platform',
  'embedded',
  'relay',
  'seed',
  'demo',
]
const only = (room, ...allowed) => ({
  name: `${room}-imports-only-${allowed.join('-') || 'libraries'}`,
  severity: 'error',
  from: { path: `^${room}/`, pathNot: '(\\.spec|/testing|/contract|/spec-rig)\\.ts$' },
  to: {
    path: rooms.filter((other) => other !== room && !allowed.includes(other)).map((other) => `^${other}/`),
  },
})

module.exports = {
  forbidden: [
    only('domain'),
    {
      name: 'platform-knows-no-business',
      severity: 'error',
      comment: 'The shape of a decision is not business; everything else in domain/ is.',
      from: { path: '^platform/', pathNot: '(\\.spec|/testing|/contract|/spec-rig)\\.ts$' },
      to: {
        path: [
          '^domain/',
          '^processmanagers/',
          '^projections/',
          '^api/',
          '^embedded/',
          '^relay/',
          '^seed/',
          '^demo/',
        ],
        pathNot: '^domain/(decider|codec)\\.ts$',
      },
    },
    only('processmanagers', 'domain', 'platform'),
    only('projections', 'domain', 'platform'),
    only('relay', 'domain', 'platform', 'processmanagers', 'projections'),
    only('api', 'domain', 'platform', 'processmanagers', 'projections', 'relay'),
    only('embedded'),
    only('seed', 'domain', 'platform'),
    only('demo'),
    {
      name: 'one-context-never-reaches-into-anothers-decider',
      severity: 'error',
      from: { path: '^domain/([^/]+)/' },
      to: { path: '^domain/[^/]+/decider\\.ts$', pathNot: '^domain/$1/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'No I/O, clock or chance in domain/: only zod and immutable collections.',
      from: { path: '^domain/', pathNot: '(\\.spec|/testing|/contract|/spec-rig)\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(zod|immutable)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { pathNot: '^(tests|bench)/' },
      to: { path: '^main\\.ts$' },
    },
    {
      name: 'no-undeclared-library',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
