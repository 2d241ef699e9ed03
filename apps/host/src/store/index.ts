export { bucketCount, cardBucket, tillBucket } from './buckets.ts';
export { holdDataFolder } from './data-folder.ts';
export { type Database, openDatabase, type Queries, rows, type Statement, sql } from './database.ts';
export { type EmbeddedServer, embeddedFolder, startEmbedded, stopEmbedded } from './embedded.ts';
export { migrate } from './migrate.ts';
export { eachAtMost, startWorker, type Worker } from './worker.ts';
