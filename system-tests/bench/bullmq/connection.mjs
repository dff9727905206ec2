import IORedis from "ioredis";

export const QUEUE = "bench";

/** A worker waits for Redis for as long as it is away; who submits asks again himself. */
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
