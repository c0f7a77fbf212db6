//! Presence and receipts, through the wire: a lounge in which people see each other, and how far each
//! has read.

mod contract;
mod crowd;
mod house;
mod presence;
mod receipts;
mod refusals;
mod slow;
