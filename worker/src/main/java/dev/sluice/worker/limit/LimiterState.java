package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.QuotaWait;
import org.jspecify.annotations.Nullable;

/**
 * What {@link AdmissionPolicy} must know of a limiter at one time.
 *
 * @param closed whether the worker is shutting down
 * @param hold what the holds allow the call to do
 * @param reachedLimit the concurrency limit that is reached; null if none is
 * @param quotaWait the wait for the advertised quota; null if it suffices for the call
 * @param rateRose whether a new reservation would be due much earlier than the current one
 * @param liveNext whether a live caller of this worker waits behind the head
 * @param peersLiveCall whether a peer has just announced a live call
 * @param pausedUntil until when batch calls let a live call of a peer go first
 */
record LimiterState(
    boolean closed,
    HoldAdmission hold,
    @Nullable String reachedLimit,
    @Nullable QuotaWait quotaWait,
    boolean rateRose,
    boolean liveNext,
    boolean peersLiveCall,
    long pausedUntil) {}
