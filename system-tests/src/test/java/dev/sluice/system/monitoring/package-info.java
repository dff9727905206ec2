/** Dashboard, alert rules and their documentation, held against what the applications tell. */
@NullMarked
package dev.sluice.system.monitoring;

import org.jspecify.annotations.NullMarked;
