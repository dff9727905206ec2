/** Stores and enforces the quotas of the projects. */
@NullMarked
package dev.sluice.producer.quota;

import org.jspecify.annotations.NullMarked;
