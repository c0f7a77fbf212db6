//! What every journal has to do.

mod answers;
mod changes;
mod events;
mod model;
mod retention;

/// The suite, once for each journal: `$make` makes an empty one and what has to outlive it.
macro_rules! suite {
    ($($file:ident: $($name:ident),+;)+) => {
        mod memory {
            $($(
                #[tokio::test]
                async fn $name() {
                    super::$file::$name(&tautline_server::journal::Memory::new()).await;
                }
            )+)+
        }

        #[cfg(feature = "sqlite")]
        mod sqlite {
            $($(
                #[tokio::test]
                async fn $name() {
                    let folder = tempfile::tempdir().unwrap();
                    let path = folder.path().join("journal.db");
                    let journal = tautline_server::journal::Sqlite::open(path).unwrap();
                    super::$file::$name(&journal).await;
                }
            )+)+
        }
    };
}

suite! {
    events:
        numbers_of_a_room_begin_at_one_and_have_no_gap,
        a_room_has_its_epoch_before_its_first_event,
        the_same_name_in_two_namespaces_is_two_rooms,
        an_event_comes_back_as_it_was,
        a_group_is_invisible_before_its_commit_and_gone_when_abandoned,
        a_command_that_is_rolled_back_takes_nothing_else_with_it,
        a_page_holds_what_fits_and_at_least_one,
        what_is_asked_of_the_future_is_empty;
    retention:
        a_room_gives_no_more_than_its_count,
        a_room_gives_nothing_that_is_too_old,
        a_room_that_fell_silent_is_empty_when_its_time_is_over,
        tending_takes_nothing_that_is_kept,
        a_room_keeps_its_position_without_events;
    answers:
        an_answer_is_found_as_soon_as_it_is_committed,
        the_first_answer_under_an_id_stays,
        a_refusal_that_is_kept_is_known_as_one,
        an_id_is_free_again_when_its_time_is_over,
        an_answer_of_a_command_that_is_rolled_back_is_none,
        the_secret_and_the_ledger_stay_the_same;
    changes:
        a_stream_is_unfinished_until_it_ends,
        a_part_with_an_old_number_changes_nothing,
        a_question_is_open_until_it_is_settled,
        receipts_only_go_forward,
        a_ban_is_kept_until_it_is_forgiven,
        a_revocation_is_kept_until_its_tokens_are_over,
        of_two_revocations_the_later_times_hold,
        changes_of_a_command_that_is_rolled_back_are_none;
}
