import type { Admin } from 'kafkajs'
import type { Logger } from 'pino'
import { isForbidden } from './refusals.ts'

/** How topics are made that are not there yet. Topics that are there are left as they are. */
export interface TopicLayout {
  readonly partitions: number
  /** The cluster's own default when absent. */
  readonly replication?: number
}

/**
 * Makes the topics that are missing. Where that is forbidden somebody else makes them, and sending fails until then:
 * the cluster would otherwise make them with partitions of its own choice, which cannot be changed later without
 * tearing the order of keys.
 */
export const makeMissingTopics = async (
  admin: Pick<Admin, 'listTopics' | 'createTopics'>,
  topics: readonly string[],
  { partitions, replication }: TopicLayout,
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<void> => {
  const known = new Set(await admin.listTopics())
  const missing = topics.filter((topic) => !known.has(topic))
  if (missing.length === 0) return
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: partitions,
        ...(replication === undefined ? {} : { replicationFactor: replication }),
      })),
    })
    logger.info({ topics: missing, partitions }, 'Kafka: topics made')
  } catch (error) {
    if (!isForbidden(error)) throw error
    logger.warn({ topics: missing }, 'Kafka: topics are missing, and this user may not make them')
  }
}
