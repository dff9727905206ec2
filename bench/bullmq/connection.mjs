import IORedis from "ioredis";

export const QUEUE = "bench";

/** Workers retry until Redis is back (null); the submitter limits retries per request and polls again. */
export function connection(maxRetriesPerRequest) {
  const redis = new IORedis({
    host: "127.0.0.1",
    port: Number(process.env.REDIS_PORT),
    maxRetriesPerRequest,
    retryStrategy: (times) => Math.min(times * 100, 1000),
  });
  redis.on("error", (error) => console.error(`redis: ${error.message}`));
  return redis;
}
