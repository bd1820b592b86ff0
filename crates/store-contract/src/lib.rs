//! What every store must do, as a suite that each of them runs.
//!
//! A store's tests say how to make one ([`Harness`]) and call [`suite!`], which makes one test of each check in
//! [`checks`]. The checks know nothing of the store but its trait.
//!
//! ```ignore
//! struct MyHarness { .. }
//! impl farthing_store_contract::Harness for MyHarness { .. }
//! farthing_store_contract::suite!(MyHarness);
//! ```

pub mod checks;
mod dice;
mod harness;
mod rules;
mod samples;
mod stage;

pub use harness::{Harness, run_check};

/// Makes one test of each check, for one kind of store.
#[macro_export]
macro_rules! suite {
    ($harness:ty) => {
        $crate::suite! { @each $harness;
            a_later_job_sees_an_earlier_one
            a_panicking_decision_harms_nobody_else
            one_of_64_claims_is_done_and_the_others_see_it
            a_wallet_pays_64_writers_as_often_as_it_can
            refusals_and_repeats_wait_for_the_commit
            nothing_written_commits_nothing
            an_update_of_an_absent_row_harms_nothing_else
            an_unseen_key_conflict_harms_nothing_else
            a_fork_of_a_chain_harms_nothing_else
            a_job_id_counts_once
            a_column_written_once_stays
            a_failure_between_any_two_writes_leaves_nothing
            what_was_answered_is_there_after_reopening
            entries_and_postings_get_their_place_in_the_batch
            a_read_sees_what_was_answered
            a_read_sees_one_snapshot
            long_answers_come_together
            a_snapshot_does_not_move
            slices_cover_every_row_once
            selects_agree_with_the_memory_store
            every_kind_of_row_comes_back
            every_kind_of_row_can_be_updated
            every_word_is_accepted
            a_shared_clock_is_the_real_time_and_runs_on
        }
    };
    (@each $harness:ty; $($check:ident)*) => {
        $(#[test]
        fn $check() {
            $crate::run_check::<$harness, _>($crate::checks::$check::<$harness>);
        })*
    };
}
