/**
 * The fault suite: one accident after another strikes a Sluice that works, and at the end every
 * task is accounted for. Depends on {@code run}.
 */
@NullMarked
package dev.sluice.system.fault;

import org.jspecify.annotations.NullMarked;
