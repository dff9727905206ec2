/** Compares the published contracts of Sluice with the code: HTTP API, messages and settings. */
@NullMarked
package dev.sluice.system.contract;

import org.jspecify.annotations.NullMarked;
