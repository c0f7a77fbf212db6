//! The small languages of the policy grammar: durations, sizes, rates and retention.

/// The longest time a contract may name: ten years.
const LONGEST_MS: u64 = 10 * 365 * 86_400_000;

/// `"15s"`, `"10m"`, `"24h"`, `"30d"`, `"250ms"` as milliseconds.
pub(crate) fn milliseconds(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!(
            "`{text}` is not a duration: write a whole number and `ms`, `s`, `m`, `h` or `d`, as in \"10m\""
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let total = unit_ms(unit).and_then(|unit| number.checked_mul(unit)).ok_or_else(wrong)?;
    if total == 0 {
        return Err(format!("`{text}` is no time at all: write a longer one"));
    }
    if total > LONGEST_MS {
        return Err(format!("`{text}` is longer than ten years: write a shorter one"));
    }
    Ok(total)
}

/// A duration whose milliseconds fit in 32 bits: 49 days.
pub(crate) fn milliseconds32(text: &str) -> Result<u32, String> {
    u32::try_from(milliseconds(text)?)
        .map_err(|_| format!("`{text}` is longer than 49 days: write a shorter one"))
}

/// `"64KiB"`, `"1MiB"`, `"512B"` as bytes.
pub(crate) fn bytes(text: &str) -> Result<u32, String> {
    let wrong = || {
        format!(
            "`{text}` is not a size: write a whole number and `B`, `KiB` or `MiB`, as in \"64KiB\""
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let factor = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(factor)
        .and_then(|total| u32::try_from(total).ok())
        .filter(|total| *total > 0)
        .ok_or_else(wrong)
}

/// `"20/10s"` as a count and milliseconds.
pub(crate) fn rate(text: &str) -> Result<(u32, u64), String> {
    let wrong = || format!("`{text}` is not a rate: write how many in how long, as in \"20/10s\"");
    let (count, per) = text.split_once('/').ok_or_else(wrong)?;
    let count = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
    let per_ms = match unit_ms(per) {
        Some(unit) => unit,
        None => milliseconds(per).map_err(|_| wrong())?,
    };
    Ok((count, per_ms))
}

/// `"10000 or 30d"`, `"500"`, `"7d"` or `"forever"`, as the two bounds.
pub(crate) fn retention(text: &str) -> Result<(Option<u32>, Option<u64>), String> {
    let wrong = || {
        format!(
            "`{text}` is not a retention: write how many events, how long, or both, as in \"10000 or 30d\", or \"forever\""
        )
    };
    if text == "forever" {
        return Ok((None, None));
    }
    let (mut count, mut age) = (None, None);
    for part in text.split(" or ") {
        if let Ok(number) = part.parse::<u32>() {
            if number == 0 || count.replace(number).is_some() {
                return Err(wrong());
            }
        } else if age.replace(milliseconds(part).map_err(|_| wrong())?).is_some() {
            return Err(wrong());
        }
    }
    Ok((count, age))
}

fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit))
}

fn unit_ms(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_numbers_with_a_unit() {
        assert_eq!(milliseconds("250ms"), Ok(250));
        assert_eq!(milliseconds("24h"), Ok(86_400_000));
        assert!(milliseconds("24").is_err());
        assert!(milliseconds("0s").is_err());
        assert!(milliseconds("1.5h").is_err());
        assert!(milliseconds("18446744073709551615d").is_err());
    }

    #[test]
    fn sizes_are_powers_of_two() {
        assert_eq!(bytes("64KiB"), Ok(65_536));
        assert!(bytes("64KB").is_err());
        assert!(bytes("5000MiB").is_err());
    }

    #[test]
    fn a_rate_may_leave_out_the_one() {
        assert_eq!(rate("20/10s"), Ok((20, 10_000)));
        assert_eq!(rate("5/m"), Ok((5, 60_000)));
        assert!(rate("0/s").is_err());
        assert!(rate("20 per second").is_err());
    }

    #[test]
    fn retention_has_two_bounds() {
        assert_eq!(retention("10000 or 30d"), Ok((Some(10_000), Some(2_592_000_000))));
        assert_eq!(retention("500"), Ok((Some(500), None)));
        assert_eq!(retention("forever"), Ok((None, None)));
        assert!(retention("5 or 6").is_err());
        assert!(retention("").is_err());
    }
}
