import { z } from 'zod'
import { customer } from '#domain/customer/aggregate.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { traceOf } from '../plugins/request-context.ts'
import { customerOf, type Customer } from '../plugins/session-cookies.ts'
import { sealOf } from '../personal-sealing.ts'
import { Problem } from '../problems.ts'
import { problems } from '../schemas.ts'
import { forgetRoute } from './forget.ts'
import { ownProfiles, PROFILE_PURPOSE, type OwnProfile } from './own-profile.ts'
import { isSameProfile, Profile, profileRequest } from './profile.ts'

const tags = ['me']

const Me = z.object({
  customerId: z.string(),
  /** Of the account, as the identity provider knows it. */
  email: z.string().optional(),
  registered: z.boolean(),
  profile: Profile.optional(),
  /** Where in the log a change was recorded; only in the answer to one. */
  position: z.int().optional(),
})

/** What a person told the shop about themselves: to read, to change, to take along, and to take back. */
export const meRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const { clock, commands, keyring, newId } = deps
  const profiles = ownProfiles(deps)

  const view = (
    { customerId, email }: Customer,
    { registered, profile }: OwnProfile,
  ): z.infer<typeof Me> => ({
    customerId,
    ...(email === undefined ? {} : { email }),
    registered,
    ...(profile === undefined ? {} : { profile }),
  })

  app.get(
    '/api/me',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'What the shop knows of me',
        description: '`ETag` is the version of the profile, for `If-Match` of a change.',
        response: { 200: Me, ...problems },
      },
    },
    async (request, reply) => {
      const person = customerOf(request)
      const known = await profiles.of(person.customerId)
      return reply
        .header('cache-control', 'no-store')
        .header('etag', etagOf(known.version))
        .send(view(person, known))
    },
  )

  app.put(
    '/api/me',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'Tell the shop who I am',
        description:
          'Replaces the whole profile, and registers whoever is not registered yet. The same content again changes nothing. ' +
          'With `If-Match`, a profile that was changed elsewhere meanwhile is answered 412 `profile-changed` instead of being ' +
          'overwritten; without it the last one to write wins. Kana, digits and postal codes may come in any width.',
        body: profileRequest(clock.nowMs),
        response: { 200: Me, ...problems },
      },
    },
    async (request, reply) => {
      const person = customerOf(request)
      const { customerId } = person
      const wanted = Profile.parse(request.body)
      const seen = versionIn(request.headers['if-match'])
      const before = await profiles.of(customerId)
      if (before.profile !== undefined && isSameProfile(before.profile, wanted))
        return reply
          .header('cache-control', 'no-store')
          .header('etag', etagOf(before.version))
          .send(view(person, before))
      const outcome = await commands.run(
        customer,
        customerId,
        {
          type: 'RecordPersonalInformation',
          customerId,
          information: await sealOf(person, keyring, PROFILE_PURPOSE, wanted),
          ...(seen === undefined ? {} : { insteadOf: seen }),
          atMs: clock.nowMs(),
        },
        {
          commandId: newId(),
          correlationId: customerId,
          causationId: request.id,
          actor: `customer:${customerId}`,
          ...traceOf(request.headers),
        },
      )
      if (outcome.kind === 'refused') throw new Problem(outcome.refusal)
      const known = await profiles.asTold(customerId, outcome.state)
      return reply
        .header('cache-control', 'no-store')
        .header('etag', etagOf(known.version))
        .send({ ...view(person, known), position: outcome.position })
    },
  )

  forgetRoute(app, deps)
}

const etagOf = (version: number): string => `"${version}"`

/** What no version of ours looks like matches none of them. */
const NO_VERSION = -1

/** The version that a change was made on; undefined where any will do. */
const versionIn = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const [, version] = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch.trim()) ?? []
  return version === undefined ? NO_VERSION : Number(version)
}
