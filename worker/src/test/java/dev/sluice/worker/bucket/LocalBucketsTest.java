package dev.sluice.worker.bucket;

class LocalBucketsTest extends BucketsSuite {
  @Override
  Buckets buckets() {
    return Buckets.local();
  }
}
