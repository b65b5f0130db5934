import { customer } from '#domain/customer/aggregate.ts'
import type { CustomerState } from '#domain/customer/decider.ts'
import type { EncryptedEnvelope } from '#domain/envelope.ts'
import type { CustomerId } from '#domain/ids.ts'
import { KeyringRefused } from '#platform/keyring/port.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { Profile } from './profile.ts'

/** What envelopes with a profile are sealed for. */
export const PROFILE_PURPOSE = 'profile'

export interface OwnProfile {
  readonly registered: boolean
  /** Of which the person saw this much; the next change is made on it. */
  readonly version: number
  /** Absent also where it cannot be opened any more. */
  readonly profile?: Profile
}

type ProfileDependencies = Pick<ApiDependencies, 'commands' | 'keyring' | 'logger'>

/** What is recorded of a person, read from their own stream: it is there as soon as it was written. */
export const ownProfiles = ({ commands, keyring, logger }: ProfileDependencies) => {
  const opened = async (
    customerId: CustomerId,
    information: EncryptedEnvelope,
  ): Promise<Profile | undefined> => {
    let content: object | 'forgotten' | 'refused'
    try {
      content = await keyring.open(information, PROFILE_PURPOSE)
    } catch (error) {
      if (!(error instanceof KeyringRefused)) throw error
      content = 'refused'
    }
    if (content === 'forgotten') return undefined
    const parsed = Profile.safeParse(content)
    if (parsed.success) return parsed.data
    // Not the reason: it may quote what is inside.
    logger.error({ customerId }, 'A sealed profile could not be opened')
    return undefined
  }

  const asTold = async (customerId: CustomerId, state: CustomerState): Promise<OwnProfile> => {
    const { version } = state
    if (state.status !== 'REGISTERED' || state.information === undefined)
      return { registered: false, version }
    const profile = await opened(customerId, state.information)
    return { registered: profile !== undefined, version, ...(profile === undefined ? {} : { profile }) }
  }

  return {
    asTold,
    of: async (customerId: CustomerId): Promise<OwnProfile> =>
      asTold(customerId, await commands.state(customer, customerId)),
  }
}
