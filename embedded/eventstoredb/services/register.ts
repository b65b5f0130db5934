import type { MethodDefinition, Server, ServiceDefinition } from '@grpc/grpc-js'
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import { backupMethod } from '../wire/maintenance.ts'
import { GossipService, ServerFeaturesService, StreamsService } from '../wire/generated.ts'
import { appendHandler } from './append.ts'
import { batchAppendHandler } from './batchAppend.ts'
import { deleteHandler, tombstoneHandler } from './deletes.ts'
import type { Backups } from './backup.ts'
import { gossipHandler } from './gossip.ts'
import type { ServiceParts } from './parts.ts'
import { readHandler } from './read.ts'
import { supportedMethodsHandler } from './serverFeatures.ts'

/** Read answers in stored bytes, so its answers need no encoding. */
const readMethod: MethodDefinition<ReadReq, Buffer> = {
  ...StreamsService.read,
  responseSerialize: (frame) => frame,
  responseDeserialize: (bytes) => bytes,
}

/**
 * Registers what the node speaks. A service that is not registered (persistent subscriptions, projections,
 * users) is answered with UNIMPLEMENTED by grpc-js.
 */
export const registerServices = (
  server: Server,
  parts: ServiceParts,
  backups: Backups,
  address: { host: string; port: () => number },
): void => {
  const streams: ServiceDefinition = {
    read: readMethod,
    append: StreamsService.append,
    batchAppend: StreamsService.batchAppend,
    delete: StreamsService.delete,
    tombstone: StreamsService.tombstone,
  }
  server.addService(streams, {
    read: readHandler(parts),
    append: appendHandler(parts),
    batchAppend: batchAppendHandler(parts),
    delete: deleteHandler(parts),
    tombstone: tombstoneHandler(parts),
  })
  server.addService(ServerFeaturesService, { getSupportedMethods: supportedMethodsHandler() })
  server.addService({ backup: backupMethod }, { backup: backups.handler })
  server.addService(GossipService, { read: gossipHandler(address) })
}
