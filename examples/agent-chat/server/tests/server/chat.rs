//! `/chat`: sessions, who may see them, and what is written into them.

use serde_json::{Value, json};

use crate::house::{House, house, text_in, unknown};

#[tokio::test]
async fn a_message_reaches_everybody_in_the_session_and_knows_its_place() {
    let house = house().await;
    let ann = house.member("ann").await;
    let mut ben = house.member("ben").await;
    let session = ann.open(&["ben"]).await;
    ben.enter(&session).await;

    let sent = ann.say(&session, "hello").await;
    let heard = ben.socket.next_named("message_created").await;

    assert_eq!((&sent["author"], &sent["status"]), (&json!("ann"), &json!("sent")));
    assert_eq!(heard.payload, sent);
    assert_eq!(heard.meta["seq"], sent["seq"]);
}
