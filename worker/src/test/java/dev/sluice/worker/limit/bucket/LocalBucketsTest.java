package dev.sluice.worker.limit.bucket;

class LocalBucketsTest extends BucketsSuite {
  @Override
  Buckets buckets() {
    return Buckets.local();
  }
}
