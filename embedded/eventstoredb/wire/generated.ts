/**
 * The protobuf classes and service definitions that ship inside the client (package `event_store.client.*`).
 * Generated code registers itself on one global `proto` object, so a second copy in the process would corrupt
 * the first: everything here resolves to the client's own files.
 */
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import rpcCode from '@eventstore/db-client/generated/code_pb.js'
import rpcStatus from '@eventstore/db-client/generated/status_pb.js'
import serverFeaturesService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js'
import wellKnownAny from 'google-protobuf/google/protobuf/any_pb.js'
import wellKnownEmpty from 'google-protobuf/google/protobuf/empty_pb.js'

export { features, gossip, rpcCode, rpcStatus, shared, streams }
export const { GossipService } = gossipService
export const { ServerFeaturesService } = serverFeaturesService
export const { StreamsService } = streamsService
export const { Any } = wellKnownAny
export const { Empty } = wellKnownEmpty
